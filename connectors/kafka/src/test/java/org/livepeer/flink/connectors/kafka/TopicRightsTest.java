package org.livepeer.flink.connectors.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.apache.kafka.common.acl.AclOperation;
import org.junit.jupiter.api.Test;
import org.livepeer.flink.connectors.kafka.TopicRights.Right;
import org.livepeer.flink.connectors.kafka.TopicRights.Role;

class TopicRightsTest {
    @Test
    void aRoleGetsItsRowsOfTheTableUnderTheDeploymentsPrefix() {
        // Given
        KafkaAddress address = new KafkaAddress("localhost:1", "blue.");

        // When
        var bindings =
                TopicRights.bindings(
                        address, Map.of(Role.WORKER, "User:worker", Role.PRODUCER, "User:camera"));

        // Then
        assertThat(bindings)
                .extracting(
                        b ->
                                b.entry().principal()
                                        + " "
                                        + b.entry().operation()
                                        + " "
                                        + b.pattern().name())
                .containsExactlyInAnyOrder(
                        "User:worker WRITE blue.workers",
                        "User:camera READ blue.results",
                        "User:camera READ blue.renditions",
                        "User:camera WRITE blue.segments");
    }

    @Test
    void onlyOperatorsCommandAndOnlyTheJobSettles() {
        assertThat(TopicRights.ALL).extracting(Right::topic).contains(Topics.values());
        assertThat(writersOf(Topics.CONTROL)).containsExactly(Role.OPERATOR);
        assertThat(writersOf(Topics.RECEIPTS)).containsExactly(Role.JOB);
        assertThat(writersOf(Topics.WORKERS)).containsExactly(Role.WORKER);
        assertThat(writersOf(Topics.PAYMENTS)).containsExactly(Role.EDGE);
        assertThat(writersOf(Topics.QUOTES)).containsExactly(Role.EDGE);
        assertThat(writersOf(Topics.WINNING_TICKETS)).containsExactly(Role.JOB);
        assertThat(writersOf(Topics.SENDERS)).containsExactly(Role.CHAIN);
        assertThat(writersOf(Topics.EPOCHS)).containsExactly(Role.JOB);
        assertThat(writersOf(Topics.TRANSACTIONS)).containsExactly(Role.SETTLEMENT);
        assertThat(writersOf(Topics.REDEMPTIONS)).containsExactly(Role.SETTLEMENT);
        assertThat(writersOf(Topics.ORDERS)).containsExactly(Role.OPERATOR);
        assertThat(writersOf(Topics.DEAD_LETTER))
                .containsExactly(Role.JOB, Role.CHAIN, Role.SETTLEMENT);
    }

    private static java.util.List<Role> writersOf(Topics topic) {
        return TopicRights.ALL.stream()
                .filter(right -> right.topic() == topic)
                .filter(right -> right.operation() == AclOperation.WRITE)
                .map(Right::role)
                .toList();
    }
}

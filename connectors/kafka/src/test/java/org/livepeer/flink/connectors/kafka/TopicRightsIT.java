package org.livepeer.flink.connectors.kafka;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.livepeer.flink.connectors.kafka.broker.EmbeddedKafka;

class TopicRightsIT {
    @Test
    void aBrokerWithoutAnAuthorizerIsTold(@TempDir Path folder) {
        // Given a broker that checks nobody
        try (EmbeddedKafka broker = EmbeddedKafka.start(folder, 0)) {
            KafkaAddress address = new KafkaAddress(broker.bootstrapServers(), "");

            // When / Then
            assertThatThrownBy(
                            () ->
                                    TopicRights.grant(
                                            address,
                                            Map.of(TopicRights.Role.JOB, "User:livepeer-job")))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("authorizer.class.name");
        }
    }
}

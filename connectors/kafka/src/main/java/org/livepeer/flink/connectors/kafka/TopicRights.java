package org.livepeer.flink.connectors.kafka;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/** Who may do what with which topic: the table of a deployment, and how it is put in force. */
public final class TopicRights {
    /**
     * Every right. What is not here is not needed: no client is in a consumer group, and writing
     * includes what an idempotent producer needs.
     */
    public static final List<Right> ALL = table();

    private TopicRights() {}

    /** The kinds of principal. */
    public enum Role {
        /** The orchestrator job: JobManagers, TaskManagers, and whoever submits it. */
        JOB,
        /** The chain job. */
        CHAIN,
        /** The settlement job. */
        SETTLEMENT,
        /** Transcoder workers. */
        WORKER,
        /**
         * Edges: playback, uploads, the page, gateways. One that takes transcoders of go-livepeer
         * is a worker too.
         */
        EDGE,
        /**
         * The {@code livepeer} command in an operator's hands; also an edge whose admin port takes
         * orders.
         */
        OPERATOR,
        /** Whoever pushes video with a Kafka client. */
        PRODUCER
    }

    /**
     * @param operation {@link AclOperation#READ} or {@link AclOperation#WRITE}; either includes
     *     DESCRIBE
     */
    public record Right(Role role, Topics topic, AclOperation operation) {}

    /**
     * The table as bindings.
     *
     * @param principals of each role, such as {@code User:livepeer-job}; roles left out get nothing
     */
    public static List<AclBinding> bindings(KafkaAddress address, Map<Role, String> principals) {
        List<AclBinding> bindings = new ArrayList<>();
        for (Right right : ALL) {
            String principal = principals.get(right.role());
            if (principal != null) {
                bindings.add(
                        new AclBinding(
                                new ResourcePattern(
                                        ResourceType.TOPIC,
                                        address.topic(right.topic()),
                                        PatternType.LITERAL),
                                new AccessControlEntry(
                                        principal,
                                        "*",
                                        right.operation(),
                                        AclPermissionType.ALLOW)));
            }
        }
        return bindings;
    }

    /**
     * Adds the table's rights; those that are there stay. Idempotent.
     *
     * @throws IllegalStateException when the brokers do not answer, have no authorizer, or do not
     *     let this client change rights
     */
    public static void grant(KafkaAddress address, Map<Role, String> principals) {
        try (Admin admin = Admin.create(address.clientProperties())) {
            try {
                admin.createAcls(bindings(address, principals)).all().get(20, TimeUnit.SECONDS);
            } catch (ExecutionException | TimeoutException e) {
                throw new IllegalStateException(
                        "Kafka at "
                                + address.bootstrapServers()
                                + " did not take the ACLs: set authorizer.class.name on the"
                                + " brokers, and use a principal that may alter the cluster",
                        e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted", e);
            }
        }
    }

    private static List<Right> table() {
        List<Right> all = new ArrayList<>();
        reads(
                all,
                Role.JOB,
                Topics.SEGMENTS,
                Topics.PAYMENTS,
                Topics.RECEIPTS,
                Topics.CONTROL,
                Topics.WORKERS,
                Topics.SUBTASKS,
                Topics.EPOCHS);
        writes(
                all,
                Role.JOB,
                Topics.SUBTASKS,
                Topics.RESULTS,
                Topics.RENDITIONS,
                Topics.RECEIPTS,
                Topics.WINNING_TICKETS,
                Topics.LEDGER,
                Topics.SESSIONS,
                Topics.LIVENESS,
                Topics.EVENTS,
                Topics.DEAD_LETTER,
                Topics.EPOCHS);
        reads(all, Role.CHAIN, Topics.CHAIN);
        writes(
                all,
                Role.CHAIN,
                Topics.CHAIN,
                Topics.ROUNDS,
                Topics.SENDERS,
                Topics.ORCHESTRATORS,
                Topics.DEAD_LETTER);
        reads(all, Role.SETTLEMENT, Topics.WINNING_TICKETS, Topics.TRANSACTIONS, Topics.ORDERS);
        writes(
                all,
                Role.SETTLEMENT,
                Topics.TRANSACTIONS,
                Topics.REDEMPTIONS,
                Topics.EVENTS,
                Topics.DEAD_LETTER);
        writes(all, Role.WORKER, Topics.WORKERS);
        reads(
                all,
                Role.EDGE,
                Topics.SEGMENTS,
                Topics.RESULTS,
                Topics.RENDITIONS,
                Topics.LEDGER,
                Topics.SESSIONS,
                Topics.WORKERS,
                Topics.LIVENESS,
                Topics.EVENTS,
                Topics.CONTROL,
                Topics.SETTINGS,
                Topics.ROUNDS,
                Topics.SENDERS,
                Topics.ORCHESTRATORS,
                Topics.REDEMPTIONS);
        writes(all, Role.EDGE, Topics.SEGMENTS, Topics.PAYMENTS, Topics.QUOTES);
        reads(
                all,
                Role.OPERATOR,
                Topics.LEDGER,
                Topics.SESSIONS,
                Topics.WORKERS,
                Topics.LIVENESS,
                Topics.EVENTS,
                Topics.DEAD_LETTER,
                Topics.EPOCHS,
                Topics.REDEMPTIONS,
                Topics.CONTROL,
                Topics.QUOTES);
        writes(all, Role.OPERATOR, Topics.CONTROL, Topics.SETTINGS, Topics.ORDERS);
        reads(all, Role.PRODUCER, Topics.RESULTS, Topics.RENDITIONS);
        writes(all, Role.PRODUCER, Topics.SEGMENTS);
        return List.copyOf(all);
    }

    private static void reads(List<Right> all, Role role, Topics... topics) {
        add(all, role, AclOperation.READ, topics);
    }

    private static void writes(List<Right> all, Role role, Topics... topics) {
        add(all, role, AclOperation.WRITE, topics);
    }

    private static void add(List<Right> all, Role role, AclOperation operation, Topics... topics) {
        for (Topics topic : topics) {
            all.add(new Right(role, topic, operation));
        }
    }
}

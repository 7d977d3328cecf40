package org.livepeer.flink.jobs.cli;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.kafka.TopicAdmin;
import org.livepeer.flink.connectors.kafka.TopicRights;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Makes the deployment's topics. */
@Command(name = "topics", description = "The deployment's topics.")
final class TopicsCommand {
    @Command(name = "create", description = "Create what is missing; tell what differs.")
    int create(
            @Mixin Connection connection,
            @Option(
                            names = {"-replication", "--replication"},
                            defaultValue = "1",
                            description = "copies of each partition (default: ${DEFAULT-VALUE})")
                    int replication,
            @Option(
                            names = {"-minInsync", "--min-insync"},
                            defaultValue = "1",
                            description = "copies that must have a record (default: 1)")
                    int minInSync,
            @Option(
                            names = {"-acls", "--acls"},
                            paramLabel = "ROLE=PRINCIPAL",
                            description =
                                    "also give rights, e.g. JOB=User:job; roles: JOB, WORKER, EDGE,"
                                            + " OPERATOR, PRODUCER; repeat for each")
                    @Nullable Map<TopicRights.Role, String> acls) {
        try (TopicAdmin admin = new TopicAdmin(connection.address())) {
            List<String> told = admin.create(replication, minInSync);
            told.forEach(System.out::println);
            if (told.isEmpty()) {
                System.out.println("every topic is there and as it should be");
            }
        }
        if (acls != null) {
            TopicRights.grant(connection.address(), acls);
            System.out.println("rights given to " + acls);
        }
        return 0;
    }
}

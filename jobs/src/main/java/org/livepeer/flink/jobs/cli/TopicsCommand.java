package org.livepeer.flink.jobs.cli;

import java.util.List;
import org.livepeer.flink.connectors.kafka.TopicAdmin;
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
                    int minInSync) {
        try (TopicAdmin admin = new TopicAdmin(connection.address())) {
            List<String> told = admin.create(replication, minInSync);
            told.forEach(System.out::println);
            if (told.isEmpty()) {
                System.out.println("every topic is there and as it should be");
            }
        }
        return 0;
    }
}

package org.livepeer.flink.jobs.docker;

import org.livepeer.flink.connectors.kafka.Topics;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.utility.DockerImageName;

/** A broker out of an image that is set up as {@code apache/kafka} is. */
public final class KafkaImage {
    private static final String SCRIPT = "/tmp/testcontainers_start.sh";
    private static final int CANNOT_EXECUTE = 126;

    private KafkaImage() {}

    /** A broker with the limits that the topics need, not started yet. */
    public static KafkaContainer broker(String image) {
        KafkaContainer broker =
                new KafkaContainer(
                        DockerImageName.parse(image).asCompatibleSubstituteFor("apache/kafka"));
        broker.withEnv(
                "KAFKA_MESSAGE_MAX_BYTES",
                Integer.toString(Topics.MAX_MEDIA_RECORD_BYTES + (1 << 20)));
        broker.withEnv("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false");
        // The container's own command ends when the script is there but still being written.
        broker.withCommand(
                "sh",
                "-c",
                ("while :; do [ -f %1$s ] && { %1$s; c=$?; [ $c -eq %2$d ] || exit $c; };"
                                + " sleep 0.1; done")
                        .formatted(SCRIPT, CANNOT_EXECUTE));
        return broker;
    }
}

package org.livepeer.flink.jobs;

import java.nio.file.Path;
import org.livepeer.flink.jobs.docker.Engine;
import org.livepeer.flink.jobs.docker.KafkaImage;
import org.testcontainers.kafka.KafkaContainer;

/**
 * The job on a broker in a container, as {@link OrchestratorIT} on one in this process. {@code
 * -Dlivepeer.kafka.image=…} takes another image than Kafka's own.
 */
class KafkaImageIT extends OrchestratorIT {
    private static final String IMAGE =
            System.getProperty("livepeer.kafka.image", "apache/kafka:4.2.0");

    @Override
    OrchestratorRig rig(Path folder) throws Exception {
        Engine.assumeImage(
                IMAGE,
                "build docker/kafka-jre.Dockerfile and name it with -Dlivepeer.kafka.image=IMAGE");
        KafkaContainer broker = KafkaImage.broker(IMAGE);
        broker.start();
        try {
            return new OrchestratorRig(folder, broker.getBootstrapServers(), broker::stop);
        } catch (Exception | Error e) {
            broker.stop();
            throw e;
        }
    }
}

package org.livepeer.flink.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.connectors.kafka.SecretFile;
import org.livepeer.flink.connectors.kafka.TopicAdmin;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.connectors.kafka.client.SegmentProducer;
import org.livepeer.flink.connectors.transcoder.media.SyntheticOptions;
import org.livepeer.flink.connectors.transcoder.media.SyntheticSource;
import org.livepeer.flink.jobs.cluster.ProcessCluster;
import org.livepeer.flink.schemas.WorkerHeartbeat;

/**
 * How long checkpoints take while every worker slot is busy all the time: more 720p streams in 2 s
 * segments than the workers can do, on a cluster of processes with flink-conf/config.yaml.
 */
class CheckpointBenchmark {
    private static final int STREAMS = 6;
    private static final int WARM_S = 30;
    private static final int MEASURED_S = Integer.getInteger("livepeer.benchmark.seconds", 180);

    @Test
    void checkpointsWithWorkersAtTheirLimit(@TempDir Path work) throws Exception {
        List<byte[]> media = new ArrayList<>();
        try (SyntheticSource source =
                new SyntheticSource(SyntheticOptions.of(1280, 720, 30).withSegmentMs(2_000))) {
            for (int i = 0; i < 4; i++) {
                media.add(source.next().bytes());
            }
        }
        try (ProcessCluster cluster = ProcessCluster.in(work).start()) {
            KafkaAddress kafka = cluster.kafka("");
            Path secret = work.resolve("cluster.secret");
            SecretFile.orCreate(secret);
            try (TopicAdmin admin = new TopicAdmin(kafka)) {
                admin.create(1, 1);
            }
            Nodes nodes = new Nodes(cluster, work, secret);
            nodes.transcoder("worker-1", "superfast");
            nodes.transcoder("worker-2", "superfast");
            nodes.orchestrator("node-1", "-parallelism", "2");
            try (TopicTail workers = new TopicTail(kafka, Topics.WORKERS)) {
                workers.until(
                        all -> all.stream().map(r -> new String(r.key())).distinct().count() == 2,
                        Duration.ofMinutes(2));
            }
            Map<String, Integer> answers = new HashMap<>();
            try (SegmentProducer producer = new SegmentProducer(kafka);
                    TopicTail renditions = new TopicTail(kafka, Topics.RENDITIONS)) {
                push(producer, media, WARM_S, 0);
                int warm = renditions.now().size();
                push(producer, media, MEASURED_S, WARM_S / 2);
                List<?> all = renditions.now();
                renditions.now().subList(warm, all.size()).stream()
                        .map(r -> TopicTail.header(r, "livepeer-status"))
                        .forEach(status -> answers.merge(status, 1, Integer::sum));
            }
            report(cluster, kafka, answers);
        }
    }

    private static void push(SegmentProducer producer, List<byte[]> media, int seconds, long from)
            throws Exception {
        for (long seq = from; seq < from + seconds / 2; seq++) {
            long due = System.nanoTime() + TimeUnit.SECONDS.toNanos(2);
            for (int stream = 0; stream < STREAMS; stream++) {
                producer.pushRaw(
                        "stream-" + stream,
                        seq,
                        2_000,
                        "P720p30fps16x9,P360p30fps16x9,P240p30fps16x9",
                        media.get((int) (seq % media.size())),
                        Map.of("livepeer-deadline-ms", "10000"));
            }
            TimeUnit.NANOSECONDS.sleep(due - System.nanoTime());
        }
    }

    private static void report(
            ProcessCluster cluster, KafkaAddress kafka, Map<String, Integer> answers) {
        String job = cluster.rest().jobs().keySet().iterator().next();
        JsonNode took = cluster.rest().checkpoints(job).path("summary").path("end_to_end_duration");
        int slots = 0;
        int busy = 0;
        try (TopicTail beats = new TopicTail(kafka, Topics.WORKERS)) {
            long from = System.currentTimeMillis() - MEASURED_S * 1_000L;
            for (var record : beats.now()) {
                WorkerHeartbeat beat = TopicTail.decode(WorkerHeartbeat.class, record);
                if (record.timestamp() > from) {
                    slots += beat.getSlots();
                    busy += beat.getRunning();
                }
            }
        }
        System.out.println("benchmark: renditions by status " + answers);
        System.out.printf("benchmark: worker slots busy %.0f %%%n", 100.0 * busy / slots);
        System.out.println(
                "benchmark: checkpoints "
                        + cluster.rest().checkpoints(job).path("counts")
                        + ", end to end ms "
                        + took);
        assertThat(took.path("p99").asDouble()).isLessThan(1_000);
    }
}

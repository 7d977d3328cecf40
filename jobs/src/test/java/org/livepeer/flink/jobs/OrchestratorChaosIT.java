package org.livepeer.flink.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.connectors.kafka.SecretFile;
import org.livepeer.flink.connectors.kafka.TopicAdmin;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.connectors.kafka.client.ControlProducer;
import org.livepeer.flink.connectors.kafka.client.SegmentProducer;
import org.livepeer.flink.connectors.transcoder.media.SyntheticOptions;
import org.livepeer.flink.connectors.transcoder.media.SyntheticSource;
import org.livepeer.flink.jobs.cli.Livepeer;
import org.livepeer.flink.jobs.cluster.FlinkRest;
import org.livepeer.flink.jobs.cluster.ProcessCluster;
import org.livepeer.flink.operators.ledger.Accounts;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.schemas.AccountState;
import org.livepeer.flink.schemas.ControlCommand;
import org.livepeer.flink.schemas.GrantCredit;
import org.livepeer.flink.schemas.LedgerEntry;

/**
 * Real processes, killed with SIGKILL at random moments under a live stream: each segment is
 * answered, each delivered one is charged once, and the sums are right to the last wei.
 *
 * <p>{@code -Dlivepeer.chaos.kills=200 -Dlivepeer.chaos.seed=1} for the long run.
 */
class OrchestratorChaosIT {
    private static final long PRICE = 3;
    private static final long PIXELS = 256L * 144 * 30;
    private static final Duration BOUND = Duration.ofSeconds(120);
    private static final int KILLS = Integer.getInteger("livepeer.chaos.kills", 5);
    private static final long SEED =
            Long.getLong("livepeer.chaos.seed", System.currentTimeMillis());

    private final List<byte[]> media = new ArrayList<>();
    private final AtomicLong pushed = new AtomicLong();
    private final AtomicBoolean pushing = new AtomicBoolean(true);

    @Test
    void everySegmentIsAnsweredAndChargedOnceWhateverIsKilled(
            @TempDir(cleanup = CleanupMode.ON_SUCCESS) Path work) throws Exception {
        say("seed " + SEED + ", " + KILLS + " kills");
        try (SyntheticSource source =
                new SyntheticSource(SyntheticOptions.of(320, 180, 30).withSegmentMs(1_000))) {
            for (int i = 0; i < 4; i++) {
                media.add(source.next().bytes());
            }
        }
        try (ProcessCluster cluster = ProcessCluster.in(work).start()) {
            KafkaAddress kafka = cluster.kafka("");
            Path secretPath = work.resolve("cluster.secret");
            SecretFile secret = SecretFile.orCreate(secretPath);
            try (TopicAdmin admin = new TopicAdmin(kafka)) {
                admin.create(1, 1);
            }
            startWorker(cluster, "worker-1", work, secretPath);
            startWorker(cluster, "worker-2", work, secretPath);
            FlinkRest rest = cluster.rest();
            String jar = rest.upload(Path.of("target", "orchestrator-job.jar").toAbsolutePath());
            String job =
                    rest.run(
                            jar,
                            null,
                            List.of(
                                    "--kafka",
                                    kafka.bootstrapServers(),
                                    "--clusterSecret",
                                    secretPath.toString(),
                                    "--pricePerUnit",
                                    Long.toString(PRICE)),
                            2,
                            null);
            grant(kafka, secret);
            ready(kafka);
            Thread pusher = new Thread(() -> push(kafka), "pusher");
            pusher.start();
            kill(cluster, new Random(SEED));
            pushing.set(false);
            pusher.join();
            check(kafka, rest, job);
        }
    }

    private static void startWorker(ProcessCluster cluster, String name, Path work, Path secretPath)
            throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        cluster.java(
                name,
                System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path")),
                List.of("-Xmx160m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
                Livepeer.class.getName(),
                List.of(
                        "-transcoder",
                        "-kafka",
                        cluster.bootstrapServers(),
                        "-serviceAddr",
                        "127.0.0.1:" + port,
                        "-dataDir",
                        work.resolve(name + "-data").toString(),
                        "-orchSecret",
                        secretPath.toString(),
                        "-preset",
                        "ultrafast",
                        "-slots",
                        "1"),
                Map.of());
    }

    private static void grant(KafkaAddress kafka, SecretFile secret) {
        try (ControlProducer control = new ControlProducer(kafka, secret.secret())) {
            control.send(
                    ControlCommand.newBuilder()
                            .setId(UUID.randomUUID().toString())
                            .setTarget("manifest:live")
                            .setIssuedAtMs(System.currentTimeMillis())
                            .setCommand(
                                    new GrantCredit(
                                            Fraction.of(1_000_000_000_000_000L).toRational()))
                            .build());
        }
    }

    private static void ready(KafkaAddress kafka) {
        try (TopicTail ledger = new TopicTail(kafka, Topics.LEDGER);
                TopicTail workers = new TopicTail(kafka, Topics.WORKERS)) {
            ledger.until(all -> !all.isEmpty(), BOUND);
            workers.until(
                    all -> all.stream().map(r -> new String(r.key())).distinct().count() == 2,
                    BOUND);
        }
    }

    private void push(KafkaAddress kafka) {
        try (SegmentProducer producer = new SegmentProducer(kafka)) {
            while (pushing.get()) {
                long seq = pushed.getAndIncrement();
                producer.pushRaw(
                                "live",
                                seq,
                                1_000,
                                "P144p30fps16x9",
                                media.get((int) (seq % media.size())),
                                Map.of("livepeer-deadline-ms", "90000"))
                        .get(120, TimeUnit.SECONDS);
                TimeUnit.MILLISECONDS.sleep(1_000);
            }
        } catch (Exception e) {
            throw new IllegalStateException("the pusher failed", e);
        }
    }

    private static void kill(ProcessCluster cluster, Random random) throws InterruptedException {
        List<String> kinds = List.of("taskmanager", "jobmanager", "worker", "child", "broker");
        for (int i = 0; i < KILLS; i++) {
            TimeUnit.MILLISECONDS.sleep(1_500 + random.nextInt(2_500));
            String kind = KILLS <= kinds.size() ? kinds.get(i) : kinds.get(random.nextInt(5));
            String victim =
                    switch (kind) {
                        case "jobmanager" -> cluster.leader();
                        case "broker" -> "broker-1";
                        case "child" -> "worker-" + (1 + random.nextInt(2));
                        default -> kind + "-" + (1 + random.nextInt(2));
                    };
            say("kill " + kind + " " + victim);
            if (kind.equals("child")) {
                ProcessHandle.of(cluster.pid(victim))
                        .ifPresent(w -> w.descendants().forEach(ProcessHandle::destroyForcibly));
            } else {
                cluster.kill9(victim);
                TimeUnit.MILLISECONDS.sleep(random.nextInt(1_500));
                cluster.restart(victim);
            }
            TimeUnit.MILLISECONDS.sleep(4_000);
        }
    }

    private void check(KafkaAddress kafka, FlinkRest rest, String job) {
        Map<Long, String> answers = new HashMap<>();
        try (TopicTail renditions = new TopicTail(kafka, Topics.RENDITIONS)) {
            List<ConsumerRecord<byte[], byte[]>> all =
                    renditions.until(
                            seen -> {
                                answers.clear();
                                seen.forEach(record -> count(record, answers));
                                return answers.size() >= pushed.get();
                            },
                            BOUND);
            say(all.size() + " answers to " + pushed.get() + " segments");
        }
        long delivered = answers.values().stream().filter("ok"::equals).count();
        AccountState account = settled(kafka, delivered);
        say(
                delivered
                        + " delivered, "
                        + account.getChargedSegments()
                        + " charged, fees "
                        + Fraction.of(account.getFees())
                        + " wei, in "
                        + Accounts.in(account)
                        + ", accounted for "
                        + Accounts.accountedFor(account)
                        + ", restarts "
                        + rest.restarts(job)
                        + ", seed "
                        + SEED);
        assertThat(answers).hasSize((int) pushed.get());
        assertThat(account.getChargedSegments()).isEqualTo(delivered);
        assertThat(Fraction.of(account.getFees()))
                .isEqualTo(Fraction.of(delivered * PIXELS * PRICE));
        assertThat(Accounts.sumRuleHolds(account)).isTrue();
        assertThat(delivered).as("the stream goes on").isGreaterThan(pushed.get() * 8 / 10);
    }

    private static void count(ConsumerRecord<byte[], byte[]> record, Map<Long, String> answers) {
        answers.merge(
                Long.parseLong(TopicTail.header(record, "livepeer-seq")),
                TopicTail.header(record, "livepeer-status"),
                (a, b) -> a.equals("ok") ? a : b);
    }

    private static AccountState settled(KafkaAddress kafka, long delivered) {
        AccountState[] last = new AccountState[1];
        try (TopicTail ledger = new TopicTail(kafka, Topics.LEDGER)) {
            ledger.until(
                    all -> {
                        all.forEach(
                                r -> last[0] = TopicTail.decode(LedgerEntry.class, r).getState());
                        return last[0] != null
                                && last[0].getChargedSegments() >= delivered
                                && last[0].getOutstanding() == 0;
                    },
                    BOUND);
        }
        return last[0];
    }

    private static void say(String what) {
        System.out.println("chaos: " + what);
    }
}

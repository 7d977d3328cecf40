package org.livepeer.flink.jobs.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.connectors.kafka.SecretFile;
import org.livepeer.flink.connectors.kafka.TopicAdmin;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.connectors.kafka.client.SegmentProducer;
import org.livepeer.flink.jobs.Ledgers;
import org.livepeer.flink.jobs.Nodes;
import org.livepeer.flink.jobs.TopicTail;
import org.livepeer.flink.jobs.cluster.ProcessCluster;
import org.livepeer.flink.operators.ledger.Accounts;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.schemas.AccountState;
import org.livepeer.flink.schemas.LedgerEntry;

/**
 * Sessions that each push a segment in real time, on a cluster of processes with the loopback
 * engine; they start one after the other over the first minutes, as streams do. Says for each
 * minute how long answers took, how long checkpoints took and how much memory each process holds;
 * then holds every account against what was delivered.
 *
 * <p>{@code -Dlivepeer.load.minutes=30 -Dlivepeer.load.sessions=200 -Dlivepeer.load.bytes=20000
 * -Dlivepeer.load.ramp=180} (seconds) {@code -Dlivepeer.load.segment=5000} (ms); {@code
 * -Dlivepeer.load.kills=true} kills a process each minute.
 */
class LoadBenchmark {
    private static final int MINUTES = Integer.getInteger("livepeer.load.minutes", 30);
    private static final int SESSIONS = Integer.getInteger("livepeer.load.sessions", 200);
    private static final int BYTES = Integer.getInteger("livepeer.load.bytes", 20_000);
    private static final long SEGMENT_MS = Long.getLong("livepeer.load.segment", 5_000);
    private static final int RAMP_S = Integer.getInteger("livepeer.load.ramp", 180);
    private static final boolean KILLS = Boolean.getBoolean("livepeer.load.kills");
    private static final List<String> VICTIMS =
            List.of("taskmanager-1", "worker-1", "jobmanager", "broker-1", "taskmanager-2", "edge");
    private static final long PRICE = 3;
    private static final long PIXELS = 426L * 240 * 30 * SEGMENT_MS / 1_000;
    private static final Duration BOUND = Duration.ofSeconds(120);

    private final Map<Integer, Integer> checkpoints = new TreeMap<>();
    private final Random random = new Random(1);

    @Test
    void sessions(@TempDir(cleanup = CleanupMode.ON_SUCCESS) Path work) throws Exception {
        byte[] media = new byte[BYTES];
        random.nextBytes(media);
        Path secretPath = work.resolve("cluster.secret");
        SecretFile secret = SecretFile.orCreate(secretPath);
        try (ProcessCluster cluster = cluster(work)) {
            KafkaAddress kafka = cluster.kafka("");
            try (TopicAdmin admin = new TopicAdmin(kafka)) {
                admin.create(KILLS ? 3 : 1, KILLS ? 2 : 1);
            }
            worker(cluster, work, 1, SEGMENT_MS, 1_000);
            if (KILLS) {
                worker(cluster, work, 2, SEGMENT_MS, 1_000);
            }
            Nodes nodes = new Nodes(cluster, work, secretPath);
            nodes.orchestrator(
                    "edge",
                    "-pricePerUnit",
                    Long.toString(PRICE),
                    "-parallelism",
                    KILLS ? "2" : "1");
            for (int i = 0; i < SESSIONS; i++) {
                Ledgers.grant(kafka, secret, account(i), 1_000_000_000_000_000L);
            }
            try (TopicTail workers = new TopicTail(kafka, Topics.WORKERS);
                    TopicTail ledger = new TopicTail(kafka, Topics.LEDGER)) {
                workers.until(all -> distinct(all) == (KILLS ? 2 : 1), BOUND);
                ledger.until(all -> distinct(all) == SESSIONS, BOUND);
            }
            try (Answers answers = new Answers(kafka);
                    SegmentProducer producer = new SegmentProducer(kafka)) {
                run(cluster, answers, producer, media);
                check(kafka, answers);
            }
        }
    }

    /** The whole set when processes are killed; else no more of them than the load needs. */
    private static ProcessCluster cluster(Path work) throws Exception {
        return KILLS
                ? ProcessCluster.in(work).brokers(3).start()
                : ProcessCluster.in(work).brokers(1).jobManagers(1).taskManagers(1).start();
    }

    private static long distinct(List<ConsumerRecord<byte[], byte[]>> records) {
        return records.stream().map(r -> new String(r.key())).distinct().count();
    }

    private static String account(int session) {
        return "manifest:cam-" + session;
    }

    /** A process with the loopback engine. */
    static void worker(
            ProcessCluster cluster, Path work, int number, long segmentMs, int mostSessions) {
        cluster.java(
                "worker-" + number,
                System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path")),
                LoopbackWorker.class.getName(),
                cluster.bootstrapServers(),
                work.resolve("cluster.secret").toString(),
                work.resolve("worker-" + number + "-data").toString(),
                work.resolve("store").toString(),
                Integer.toString(Nodes.port()),
                Long.toString(segmentMs),
                Integer.toString(mostSessions));
    }

    private void run(
            ProcessCluster cluster, Answers answers, SegmentProducer producer, byte[] media)
            throws InterruptedException {
        long began = System.nanoTime();
        long stepNanos = TimeUnit.MILLISECONDS.toNanos(SEGMENT_MS) / SESSIONS;
        long pushes = TimeUnit.MINUTES.toNanos(MINUTES) / stepNanos;
        Thread watcher = new Thread(() -> watch(cluster, answers, began), "watcher");
        watcher.setDaemon(true);
        watcher.start();
        long pushed = 0;
        for (long i = 0; i < pushes; i++) {
            TimeUnit.NANOSECONDS.sleep(began + i * stepNanos - System.nanoTime());
            long session = i % SESSIONS;
            if (i * stepNanos < TimeUnit.SECONDS.toNanos(RAMP_S) / SESSIONS * session) {
                continue;
            }
            String manifest = "cam-" + session;
            long seq = i / SESSIONS;
            pushed++;
            answers.pushed(manifest, seq);
            producer.pushRaw(
                    manifest,
                    seq,
                    SEGMENT_MS,
                    "P240p30fps16x9",
                    media,
                    Map.of("livepeer-deadline-ms", "60000"));
        }
        long end = System.nanoTime() + BOUND.toNanos();
        while (answers.open() > 0 && System.nanoTime() < end) {
            TimeUnit.MILLISECONDS.sleep(200);
        }
        watcher.interrupt();
        watcher.join();
        say(pushed + " pushed, answered " + answers.statuses() + ", open " + answers.open());
        int[] sorted = checkpoints.values().stream().mapToInt(Integer::intValue).sorted().toArray();
        if (sorted.length > 0) {
            say(
                    sorted.length
                            + " checkpoints seen, end to end ms p50 "
                            + sorted[sorted.length / 2]
                            + ", p99 "
                            + sorted[(int) (sorted.length * 0.99)]
                            + ", max "
                            + sorted[sorted.length - 1]);
        }
        assertThat(answers.open()).as("segments without an answer").isZero();
    }

    private void watch(ProcessCluster cluster, Answers answers, long began) {
        try {
            for (int minute = 1; ; minute++) {
                String killed = "";
                for (int second = 0; second < 60; second += 5) {
                    if (KILLS && second == 30 && minute <= MINUTES) {
                        killed = kill(cluster, minute);
                    }
                    long due =
                            began
                                    + TimeUnit.SECONDS.toNanos((minute - 1) * 60L + second + 5)
                                    - System.nanoTime();
                    TimeUnit.NANOSECONDS.sleep(due);
                    seeCheckpoints(cluster);
                }
                int[] times = answers.minute();
                say(
                        "minute "
                                + minute
                                + ": answers "
                                + times[0]
                                + ", ms p50 "
                                + times[1]
                                + ", p99 "
                                + times[2]
                                + ", max "
                                + times[3]
                                + killed
                                + ", MB "
                                + memory(cluster));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String kill(ProcessCluster cluster, int minute) throws InterruptedException {
        String victim = VICTIMS.get((minute - 1) % VICTIMS.size());
        String name = victim.equals("jobmanager") ? cluster.leader() : victim;
        cluster.kill9(name);
        TimeUnit.MILLISECONDS.sleep(500);
        cluster.restart(name);
        return ", killed " + name;
    }

    private void seeCheckpoints(ProcessCluster cluster) {
        try {
            for (String job : cluster.rest().jobs().keySet()) {
                for (JsonNode one : cluster.rest().checkpoints(job).path("history")) {
                    if (one.path("status").asText().equals("COMPLETED")) {
                        checkpoints.put(
                                one.path("id").asInt(), one.path("end_to_end_duration").asInt());
                    }
                }
            }
        } catch (RuntimeException e) {
            say("no checkpoints seen now: " + e.getMessage());
        }
    }

    /** What each process holds (resident), MB. */
    static Map<String, Long> memory(ProcessCluster cluster) {
        Map<String, Long> memory = new TreeMap<>();
        for (String name : cluster.names()) {
            if (cluster.isAlive(name)) {
                try {
                    Files.readAllLines(Path.of("/proc/" + cluster.pid(name) + "/status")).stream()
                            .filter(line -> line.startsWith("VmRSS:"))
                            .forEach(
                                    line ->
                                            memory.put(
                                                    name,
                                                    Long.parseLong(line.replaceAll("\\D", ""))
                                                            / 1_024));
                } catch (IOException e) {
                    // It has just ended.
                }
            }
        }
        return memory;
    }

    private static void check(KafkaAddress kafka, Answers answers) {
        Map<String, AccountState> last = new TreeMap<>();
        int[] done = {0};
        try (TopicTail ledger = new TopicTail(kafka, Topics.LEDGER)) {
            ledger.until(
                    all -> {
                        for (; done[0] < all.size(); done[0]++) {
                            AccountState state =
                                    TopicTail.decode(LedgerEntry.class, all.get(done[0]))
                                            .getState();
                            last.put(state.getAccount(), state);
                        }
                        return last.values().stream()
                                        .mapToLong(AccountState::getChargedSegments)
                                        .sum()
                                >= answers.delivered().values().stream()
                                        .mapToLong(Long::longValue)
                                        .sum();
                    },
                    BOUND);
        }
        List<String> wrong = new ArrayList<>();
        for (int i = 0; i < SESSIONS; i++) {
            long delivered = answers.delivered().getOrDefault("cam-" + i, 0L);
            AccountState account = last.get(account(i));
            if (account == null
                    || account.getChargedSegments() != delivered
                    || account.getOutstanding() != 0
                    || !Fraction.of(account.getFees())
                            .equals(Fraction.of(delivered * PIXELS * PRICE))
                    || !Accounts.sumRuleHolds(account)) {
                wrong.add(account(i) + " delivered " + delivered + ": " + account);
            }
        }
        say(SESSIONS + " accounts held against what was delivered, wrong: " + wrong);
        assertThat(wrong).isEmpty();
        assertThat(answers.statuses()).containsOnlyKeys("ok");
    }

    private static void say(String what) {
        System.out.println("load: " + what);
    }
}

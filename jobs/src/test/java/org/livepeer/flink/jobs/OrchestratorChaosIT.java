package org.livepeer.flink.jobs;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigInteger;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.connectors.kafka.SecretFile;
import org.livepeer.flink.connectors.kafka.TopicAdmin;
import org.livepeer.flink.connectors.kafka.client.EventTail;
import org.livepeer.flink.connectors.kafka.client.SegmentProducer;
import org.livepeer.flink.jobs.cluster.ProcessCluster;
import org.livepeer.flink.jobs.payment.DevChain;
import org.livepeer.flink.jobs.payment.PaidLiveStream;
import org.livepeer.flink.operators.ledger.Accounts;
import org.livepeer.flink.operators.ledger.LedgerReplay;
import org.livepeer.flink.operators.ledger.Sums;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.schemas.AccountState;

/**
 * Real processes, killed with SIGKILL at random moments under a live stream: each segment is
 * answered, each delivered one is charged once, and the sums are right to the last wei.
 *
 * <p>{@code -Dlivepeer.chaos.kills=200 -Dlivepeer.chaos.seed=1} for the long run, {@code
 * -Dlivepeer.chaos.kinds=worker,child} for some victims only. With {@code
 * -Dlivepeer.chaos.chain=true} (Node is needed) a gateway streams beside it and pays with tickets,
 * on a chain whose node dies and drops blocks as the kind {@code chain}: each ticket that pays is
 * redeemed once.
 */
class OrchestratorChaosIT {
    private static final String ACCOUNT = "manifest:" + LiveStream.MANIFEST;
    private static final long PRICE = 120_000;
    private static final String PROFILE = "P144p30fps16x9";
    private static final String[] JOB = {
        "-pricePerUnit", Long.toString(PRICE), "-parallelism", "2"
    };
    private static final long PIXELS = 256L * 144 * 30;
    private static final Duration BOUND = Duration.ofSeconds(120);
    private static final List<String> KINDS =
            List.of(
                    System.getProperty(
                                    "livepeer.chaos.kinds",
                                    "taskmanager,jobmanager,worker,broker,edge")
                            .split(","));
    private static final int KILLS = Integer.getInteger("livepeer.chaos.kills", KINDS.size());
    private static final long SEED =
            Long.getLong("livepeer.chaos.seed", System.currentTimeMillis());

    /** Tickets that are worth far more than their gas, of which every fifth pays. */
    private static final String[] PAID_JOB = {
        "-pricePerUnit",
        Long.toString(PRICE),
        "-maxFaceValue",
        "40000000000",
        "-autoAdjustPrice=false"
    };

    private final Map<String, List<Long>> outages = new TreeMap<>();

    /** Null when everything is prepaid. */
    private DevChain chain;

    @Test
    void everySegmentIsAnsweredAndChargedOnceWhateverIsKilled(
            @TempDir(cleanup = CleanupMode.ON_SUCCESS) Path work) throws Exception {
        say("seed " + SEED + ", " + KILLS + " kills");
        URI wire1 = URI.create("https://127.0.0.1:" + Nodes.port());
        URI wire2 = URI.create("https://127.0.0.1:" + Nodes.port());
        try (TcpFront wire = TcpFront.over(wire1, wire2)) {
            if (Boolean.getBoolean("livepeer.chaos.chain")) {
                chain =
                        DevChain.start(work.resolve("chain"), wire.address().getAuthority())
                                .orElseThrow();
            }
            run(work, wire.address(), wire1, wire2);
        } finally {
            if (chain != null) {
                chain.close();
            }
        }
    }

    private void run(Path work, URI wire, URI wire1, URI wire2) throws Exception {
        try (ProcessCluster cluster =
                ProcessCluster.in(work)
                        .brokers(3)
                        .flink("taskmanager.numberOfTaskSlots", chain == null ? "2" : "4")
                        .shortLived()
                        .start()) {
            KafkaAddress kafka = cluster.kafka("");
            Path secretPath = work.resolve("cluster.secret");
            SecretFile secret = SecretFile.orCreate(secretPath);
            try (TopicAdmin admin = new TopicAdmin(kafka)) {
                admin.create(3, 2);
            }
            Nodes nodes = new Nodes(cluster, work, secretPath);
            nodes.transcoder("worker-1", "ultrafast");
            nodes.transcoder("worker-2", "ultrafast");
            Path edgeToken = token(work.resolve("edge.token"));
            Path adminToken = token(work.resolve("admin.token"));
            String[] tokens = {"-edgeToken", "" + edgeToken, "-adminToken", "" + adminToken};
            // Submits the job; when it is started again, it finds it running.
            URI edge1 = nodes.orchestrator("edge-1", all(tokens, job(), face(wire, wire1)));
            URI edge2 = nodes.edge("edge-2", all(tokens, job(), face(wire, wire2)));
            Ledgers.grant(kafka, secret, ACCOUNT, 1_000_000_000_000_000L);
            Nodes.awaitReady(kafka, 2);
            try (TcpFront front = TcpFront.over(edge1, edge2);
                    LiveStream stream =
                            new LiveStream(kafka, front.address(), text(edgeToken), PROFILE);
                    PaidLiveStream paid = chain == null ? null : paid(chain, wire)) {
                BigInteger deposit = chain == null ? BigInteger.ZERO : chain.deposit();
                stream.start();
                if (paid != null) {
                    nodes.awaitReady("edge-1");
                    paid.start();
                }
                kill(cluster, new Random(SEED), stream);
                upgrade(cluster, nodes, stream);
                dashboards(cluster, nodes, text(adminToken), kafka);
                playlists(stream, edge1, edge2);
                check(kafka, stream);
                if (paid != null) {
                    paid.finish(kafka, secret.secret(), chain, deposit);
                }
            }
            for (Path each : List.of(secretPath, edgeToken, adminToken)) {
                noSecretIn(work, text(each));
            }
        }
    }

    private static String[] all(String[]... flags) {
        return Stream.of(flags).flatMap(Stream::of).toArray(String[]::new);
    }

    /** The job's flags; where there is a chain, gateways pay on it. */
    private String[] job() {
        return chain == null
                ? JOB
                : all(PAID_JOB, chain.orchestratorFlags().toArray(String[]::new));
    }

    /** Where gateways reach an edge: all of them at one address. */
    private String[] face(URI front, URI own) {
        return chain == null
                ? new String[0]
                : new String[] {"-serviceAddr", front.getAuthority(), "-httpAddr", "" + own};
    }

    private static PaidLiveStream paid(DevChain chain, URI wire) throws Exception {
        return new PaidLiveStream(
                chain.gateway(),
                InetSocketAddress.createUnresolved(wire.getHost(), wire.getPort()),
                "P144p30fps16x9");
    }

    private void kill(ProcessCluster cluster, Random random, LiveStream stream) throws Exception {
        for (int i = 0; i < KILLS; i++) {
            TimeUnit.MILLISECONDS.sleep(1_500 + random.nextInt(2_500));
            String kind = KINDS.get(KILLS <= KINDS.size() ? i : random.nextInt(KINDS.size()));
            String victim =
                    switch (kind) {
                        case "chain" -> "anvil";
                        case "jobmanager" -> cluster.leader();
                        case "broker" -> "broker-" + (1 + random.nextInt(3));
                        case "child" -> "worker-" + (1 + random.nextInt(2));
                        default -> kind + "-" + (1 + random.nextInt(2));
                    };
            long at = System.currentTimeMillis();
            if (kind.equals("chain")) {
                chain.die();
                chain.reorg(1 + random.nextInt(6));
            } else if (kind.equals("child")) {
                ProcessHandle.of(cluster.pid(victim))
                        .ifPresent(w -> w.descendants().forEach(ProcessHandle::destroyForcibly));
            } else {
                cluster.kill9(victim);
                TimeUnit.MILLISECONDS.sleep(random.nextInt(1_500));
                cluster.restart(victim);
            }
            TimeUnit.MILLISECONDS.sleep(chain == null ? 5_000 : 15_000);
            long now = System.currentTimeMillis();
            long gap = stream.longestGap(at - 1_000, now);
            outages.computeIfAbsent(kind, k -> new ArrayList<>()).add(gap);
            say(
                    "kill "
                            + (i + 1)
                            + " "
                            + kind
                            + " "
                            + victim
                            + ", longest gap "
                            + gap
                            + " ms, longest answer "
                            + stream.longestAnswer(at - 1_000, now)
                            + " ms"
                            + ", not delivered so far "
                            + stream.notDelivered());
        }
    }

    /** Another copy takes over from a savepoint, while the stream goes on. */
    private void upgrade(ProcessCluster cluster, Nodes nodes, LiveStream stream)
            throws InterruptedException {
        int jobs = chain == null ? 1 : 3;
        assertThat(cluster.rest().jobs()).as("the same jobs, all the time").hasSize(jobs);
        long at = System.currentTimeMillis();
        nodes.upgrade("upgrade-1", job());
        TimeUnit.MILLISECONDS.sleep(4_000);
        say(
                "upgrade, longest time without an answer "
                        + stream.longestGap(at - 1_000, System.currentTimeMillis())
                        + " ms");
        assertThat(cluster.rest().jobs().values())
                .hasSize(2 * jobs)
                .filteredOn("RUNNING"::equals)
                .hasSize(jobs);
    }

    private static Path token(Path file) throws IOException {
        byte[] bytes = new byte[32];
        new SecureRandom().nextBytes(bytes);
        return Files.writeString(file, HexFormat.of().formatHex(bytes));
    }

    private static String text(Path file) throws IOException {
        return Files.readString(file).strip();
    }

    /** No process wrote a secret, nor half of it, into its log. */
    private static void noSecretIn(Path work, String secret) throws IOException {
        int logs = 0;
        try (Stream<Path> files = Files.walk(work, 2)) {
            for (Path log : files.filter(f -> f.toString().endsWith(".log")).toList()) {
                logs++;
                String text = Files.readString(log, ISO_8859_1);
                assertThat(text.contains(secret.substring(0, 32))).as(log.toString()).isFalse();
                assertThat(text.contains(secret.substring(32))).as(log.toString()).isFalse();
            }
        }
        assertThat(logs).isGreaterThan(10);
    }

    /** Every name that dashboards and alerts use is on a page of this deployment. */
    private static void dashboards(
            ProcessCluster cluster, Nodes nodes, String adminToken, KafkaAddress kafka)
            throws Exception {
        try (SegmentProducer producer = new SegmentProducer(kafka)) {
            producer.pushRaw("bad", 0, 0, PROFILE, new byte[] {1}, Map.of()).get();
            producer.pushRaw("poor", 0, 1_000, PROFILE, new byte[] {1}, Map.of()).get();
        }
        List<Integer> pages = new ArrayList<>(cluster.metricsPorts().values());
        pages.addAll(nodes.adminPorts().values());
        Set<String> missing = new TreeSet<>(Metrics.used());
        long end = System.nanoTime() + BOUND.toNanos();
        while (!missing.isEmpty() && System.nanoTime() < end) {
            missing.removeAll(Metrics.scraped(pages, adminToken));
            TimeUnit.MILLISECONDS.sleep(500);
        }
        assertThat(missing).as("names that no process has").isEmpty();
    }

    private void check(KafkaAddress kafka, LiveStream stream) throws Exception {
        Map<Long, String> answers = stream.finish();
        long delivered = answers.values().stream().filter("ok"::equals).count();
        AccountState account = Ledgers.settled(kafka, ACCOUNT, delivered, BOUND);
        say(
                stream.pushed()
                        + " pushed, answered: "
                        + answers.values().stream()
                                .collect(groupingBy(a -> a, TreeMap::new, counting())));
        say(
                account.getChargedSegments()
                        + " charged, fees "
                        + Fraction.of(account.getFees())
                        + " wei, in "
                        + Accounts.in(account)
                        + ", accounted for "
                        + Accounts.accountedFor(account)
                        + ", seed "
                        + SEED);
        outages.forEach(
                (kind, ms) ->
                        say(
                                "longest time without an answer around a kill of "
                                        + kind
                                        + ": median "
                                        + ms.stream().sorted().toList().get(ms.size() / 2)
                                        + " ms, worst "
                                        + Collections.max(ms)
                                        + " ms, kills "
                                        + ms.size()));
        assertThat(answers).hasSize(stream.pushed());
        assertThat(account.getChargedSegments()).isEqualTo(delivered);
        assertThat(Fraction.of(account.getFees()))
                .isEqualTo(Fraction.of(delivered * PIXELS * PRICE));
        assertThat(Accounts.sumRuleHolds(account)).isTrue();
        assertThat(delivered)
                .as("the stream goes on, but for " + stream.notDelivered())
                .isGreaterThan(stream.pushed() * 99 / 100);
        assertThat(replayed(kafka).at(account.getAccount(), account.getEventSequence()))
                .as("the events fold into the state's balances")
                .contains(Sums.of(account));
    }

    private static LedgerReplay replayed(KafkaAddress kafka) {
        LedgerReplay replay = new LedgerReplay();
        try (EventTail events = new EventTail(kafka, true)) {
            events.untilNow(replay::accept);
        }
        assertThat(replay.problems()).isEmpty();
        return replay;
    }

    /**
     * Both edges give the same segments under the same numbers, and each serves what the other
     * lists.
     */
    private static void playlists(LiveStream stream, URI edge1, URI edge2)
            throws InterruptedException {
        long end = System.nanoTime() + BOUND.toNanos();
        Map<Long, String> first = Map.of();
        Map<Long, String> second = Map.of();
        Set<Long> common = new TreeSet<>();
        while (common.size() < 3 && System.nanoTime() < end) {
            TimeUnit.MILLISECONDS.sleep(500);
            first = stream.playlist(edge1, PROFILE);
            second = stream.playlist(edge2, PROFILE);
            common = new TreeSet<>(first.keySet());
            common.retainAll(second.keySet());
        }
        assertThat(common).as("segments that both edges play").hasSizeGreaterThan(2);
        for (long number : common) {
            String path = first.get(number);
            assertThat(path).isEqualTo(second.get(number));
            assertThat(stream.get(edge1, path)).as(path).isNotEmpty();
            assertThat(stream.get(edge2, path)).isEqualTo(stream.get(edge1, path));
        }
    }

    private static void say(String what) {
        System.out.println("chaos: " + what);
    }
}

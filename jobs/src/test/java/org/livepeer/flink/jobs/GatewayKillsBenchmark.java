package org.livepeer.flink.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
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
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.connectors.kafka.client.ControlProducer;
import org.livepeer.flink.connectors.transcoder.media.SyntheticOptions;
import org.livepeer.flink.connectors.transcoder.media.SyntheticSource;
import org.livepeer.flink.jobs.cluster.ProcessCluster;
import org.livepeer.flink.operators.ledger.Accounts;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.operators.ticket.Bytes;
import org.livepeer.flink.schemas.AccountState;
import org.livepeer.flink.schemas.ChainWorkState;
import org.livepeer.flink.schemas.ControlCommand;
import org.livepeer.flink.schemas.DrainWorker;
import org.livepeer.flink.schemas.LedgerEntry;
import org.livepeer.flink.schemas.Redemption;
import org.livepeer.flink.schemas.SenderEntry;
import org.livepeer.flink.schemas.WinningTicket;

/**
 * A gateway's stream, a segment a second, through kills of everything that stands behind it and an
 * upgrade of the job; says for each how many segments failed.
 *
 * <p>{@code -Dlivepeer.kills=worker,taskmanager,jobmanager,broker,upgrade,edge}, {@code
 * -Dlivepeer.kills.every=20} (s), {@code -Dlivepeer.kills.back=1} (s until what was killed is
 * started again: its start takes from the cores that the others recover on). With {@code
 * -Dlivepeer.ingest=http://HOST:PORT/live/NAME} the stream goes through a real gateway, which must
 * use the orchestrator at {@code -Dlivepeer.front=PORT} of this host; with {@code
 * -Dlivepeer.chain="-network devnet …"}, flags as {@code livepeer devnet} prints them, that gateway
 * pays; accounts and what became of its wins are printed at the end.
 */
class GatewayKillsBenchmark {
    private static final List<String> KINDS =
            List.of(
                    System.getProperty(
                                    "livepeer.kills",
                                    "worker,taskmanager,jobmanager,broker,upgrade,edge")
                            .split(","));
    private static final int EVERY_S = Integer.getInteger("livepeer.kills.every", 20);
    private static final int WARM_S = Integer.getInteger("livepeer.kills.warm", 30);
    private static final int BACK_S = Integer.getInteger("livepeer.kills.back", 1);
    private static final int FRONT = Integer.getInteger("livepeer.front", 0);
    private static final String INGEST = System.getProperty("livepeer.ingest", "");
    private static final List<String> CHAIN =
            System.getProperty("livepeer.chain", "").isEmpty()
                    ? List.of()
                    : List.of(System.getProperty("livepeer.chain").strip().split("\\s+"));
    private static final String[] JOB =
            Stream.concat(Stream.of("-parallelism", "2"), CHAIN.stream()).toArray(String[]::new);
    private static final long SEGMENT_MS = 1_000;
    private static final Set<ChainWorkState> ENDED =
            EnumSet.of(ChainWorkState.CONFIRMED, ChainWorkState.EXPIRED, ChainWorkState.DEAD);
    private static final Duration SETTLED = Duration.ofMinutes(5);
    private static final Duration BOUND = Duration.ofSeconds(120);

    private final Map<String, List<String>> failures = new TreeMap<>();
    private final List<Long> tookMs = new ArrayList<>();
    private volatile String phase = "warm";
    private volatile boolean streaming = true;
    private int pushed;

    @Test
    void segmentsThatAGatewayLoses(@TempDir(cleanup = CleanupMode.ON_SUCCESS) Path work)
            throws Exception {
        try (ProcessCluster cluster =
                ProcessCluster.in(work).brokers(3).taskManagers(CHAIN.isEmpty() ? 2 : 3).start()) {
            KafkaAddress kafka = cluster.kafka("");
            Path secret = work.resolve("cluster.secret");
            SecretFile shared = SecretFile.orCreate(secret);
            try (TopicAdmin admin = new TopicAdmin(kafka)) {
                admin.create(3, 2);
            }
            Nodes nodes = new Nodes(cluster, work, secret);
            nodes.transcoder("worker-1", "ultrafast");
            nodes.transcoder("worker-2", "ultrafast");
            int one = Nodes.port();
            int two = Nodes.port();
            try (TcpFront front = TcpFront.at(FRONT, at(one), at(two))) {
                String service = front.address().getAuthority();
                nodes.orchestrator("edge-1", wire(service, one, JOB));
                nodes.edge("edge-2", wire(service, two, CHAIN.toArray(String[]::new)));
                try (TopicTail beats = new TopicTail(kafka, Topics.WORKERS)) {
                    beats.until(
                            all ->
                                    all.stream().map(r -> new String(r.key())).distinct().count()
                                            == 2,
                            BOUND);
                }
                say("orchestrator at " + service);
                WireGateway gateway =
                        new WireGateway(
                                InetSocketAddress.createUnresolved(
                                        "127.0.0.1", front.address().getPort()),
                                INGEST.isEmpty() ? null : URI.create(INGEST),
                                2);
                Thread stream = new Thread(() -> stream(gateway), "stream");
                stream.start();
                TimeUnit.SECONDS.sleep(WARM_S);
                for (String kind : KINDS) {
                    phase = kind;
                    failures.put(kind, new ArrayList<>());
                    int before = pushed;
                    happen(kind, cluster, nodes, () -> drain(kafka, shared, work));
                    TimeUnit.SECONDS.sleep(EVERY_S);
                    say(
                            kind
                                    + ": "
                                    + failures.get(kind).size()
                                    + " of "
                                    + (pushed - before)
                                    + " failed "
                                    + failures.get(kind));
                }
                streaming = false;
                stream.join();
                gateway.close();
                if (!CHAIN.isEmpty()) {
                    TimeUnit.SECONDS.sleep(10);
                    accounts(kafka);
                }
            }
        }
        tookMs.sort(null);
        say(
                pushed
                        + " pushed, failed "
                        + failures
                        + ", ms p50 "
                        + tookMs.get(tookMs.size() / 2)
                        + " max "
                        + tookMs.get(tookMs.size() - 1));
        assertThat(tookMs).as("segments that came through").isNotEmpty();
    }

    /** Every account that tickets paid into. */
    private static void accounts(KafkaAddress kafka) {
        Map<String, AccountState> last = new TreeMap<>();
        try (TopicTail ledger = new TopicTail(kafka, Topics.LEDGER)) {
            ledger.now()
                    .forEach(
                            r -> {
                                AccountState state =
                                        TopicTail.decode(LedgerEntry.class, r).getState();
                                last.put(state.getAccount(), state);
                            });
        }
        Set<String> wins = new TreeSet<>();
        try (TopicTail all = new TopicTail(kafka, Topics.WINNING_TICKETS)) {
            all.now()
                    .forEach(
                            r ->
                                    wins.add(
                                            hex(
                                                    TopicTail.decode(WinningTicket.class, r)
                                                            .getTicketHash())));
        }
        last.values()
                .forEach(
                        a -> {
                            say(
                                    a.getAccount()
                                            + " segments "
                                            + a.getChargedSegments()
                                            + " credit "
                                            + Fraction.of(a.getTicketCredit())
                                            + " fees "
                                            + Fraction.of(a.getFees())
                                            + " balance "
                                            + Fraction.of(a.getBalance()));
                            assertThat(Accounts.sumRuleHolds(a)).isTrue();
                        });
        say(wins.size() + " tickets won");
        redeemed(kafka, wins);
    }

    /** Waits until every win has ended, and says how. */
    private static void redeemed(KafkaAddress kafka, Set<String> wins) {
        Map<String, Redemption> last = new TreeMap<>();
        try (TopicTail redemptions = new TopicTail(kafka, Topics.REDEMPTIONS)) {
            redemptions.until(
                    all -> {
                        last.clear();
                        all.forEach(
                                r -> {
                                    Redemption each = TopicTail.decode(Redemption.class, r);
                                    last.put(hex(each.getTicket().getTicketHash()), each);
                                });
                        return last.keySet().containsAll(wins)
                                && last.values().stream()
                                        .allMatch(each -> ENDED.contains(each.getState()));
                    },
                    SETTLED);
        }
        Map<ChainWorkState, BigInteger> worth = new EnumMap<>(ChainWorkState.class);
        Map<ChainWorkState, Integer> number = new EnumMap<>(ChainWorkState.class);
        BigInteger paid = BigInteger.ZERO;
        for (Redemption each : last.values()) {
            worth.merge(
                    each.getState(),
                    Bytes.number(each.getTicket().getFaceValue()),
                    BigInteger::add);
            number.merge(each.getState(), 1, Integer::sum);
            paid = paid.add(Bytes.number(each.getPayout()));
        }
        say("redemptions " + number + ", face values " + worth + " wei, paid " + paid + " wei");
        assertThat(last.keySet()).as("no win that nobody sent").isEqualTo(wins);
        assertThat(paid).as("what left the deposits").isEqualTo(spent(kafka, paid));
    }

    /** What all senders' deposits lost, wei; waits for the rows of what was paid. */
    private static BigInteger spent(KafkaAddress kafka, BigInteger paid) {
        Map<String, BigInteger> first = new TreeMap<>();
        Map<String, BigInteger> now = new TreeMap<>();
        try (TopicTail senders = new TopicTail(kafka, Topics.SENDERS)) {
            senders.until(
                    all -> {
                        first.clear();
                        now.clear();
                        all.forEach(
                                r -> {
                                    SenderEntry each = TopicTail.decode(SenderEntry.class, r);
                                    BigInteger deposit = Bytes.number(each.getDeposit());
                                    first.putIfAbsent(hex(each.getSender()), deposit);
                                    now.put(hex(each.getSender()), deposit);
                                });
                        return sum(first).subtract(sum(now)).compareTo(paid) >= 0;
                    },
                    SETTLED);
        }
        return sum(first).subtract(sum(now));
    }

    private static BigInteger sum(Map<String, BigInteger> amounts) {
        return amounts.values().stream().reduce(BigInteger.ZERO, BigInteger::add);
    }

    private static String hex(ByteBuffer bytes) {
        return HexFormat.of().formatHex(Bytes.of(bytes));
    }

    private static URI at(int port) {
        return URI.create("https://127.0.0.1:" + port);
    }

    private static String[] wire(String service, int port, String... more) {
        List<String> flags =
                new ArrayList<>(
                        List.of("-serviceAddr", service, "-httpAddr", "https://127.0.0.1:" + port));
        flags.addAll(List.of(more));
        return flags.toArray(String[]::new);
    }

    private interface Step {
        void run() throws Exception;
    }

    /** The first worker gets no new work. */
    private static void drain(KafkaAddress kafka, SecretFile secret, Path work) throws Exception {
        String id = Files.readString(work.resolve("worker-1-data/worker/worker-id")).strip();
        try (ControlProducer control = new ControlProducer(kafka, secret.secret())) {
            control.send(
                    ControlCommand.newBuilder()
                            .setId("drain")
                            .setTarget("main")
                            .setIssuedAtMs(System.currentTimeMillis())
                            .setCommand(new DrainWorker(id, true))
                            .build());
        }
    }

    private void happen(String kind, ProcessCluster cluster, Nodes nodes, Step drain)
            throws Exception {
        switch (kind) {
            case "upgrade" -> nodes.upgrade("upgrade-" + pushed, JOB);
            case "jobmanager" -> killed(cluster, cluster.leader());
            case "drain" -> drain.run();
            default -> killed(cluster, kind + "-1");
        }
    }

    private static void killed(ProcessCluster cluster, String victim) throws Exception {
        cluster.kill9(victim);
        TimeUnit.SECONDS.sleep(BACK_S);
        cluster.restart(victim);
    }

    private void stream(WireGateway gateway) {
        List<byte[]> media = new ArrayList<>();
        try (SyntheticSource source =
                new SyntheticSource(
                        SyntheticOptions.of(320, 180, 30).withSegmentMs((int) SEGMENT_MS))) {
            for (int i = 0; i < 4; i++) {
                media.add(source.next().bytes());
            }
        }
        try {
            while (streaming) {
                long began = System.nanoTime();
                String at = phase;
                String fault = gateway.push(pushed, media.get(pushed % media.size()), SEGMENT_MS);
                pushed++;
                long ms = (System.nanoTime() - began) / 1_000_000;
                if (fault.isEmpty()) {
                    tookMs.add(ms);
                } else {
                    failures.computeIfAbsent(at, k -> new ArrayList<>()).add(fault);
                    say(at + " segment " + pushed + " failed after " + ms + " ms: " + fault);
                }
                TimeUnit.MILLISECONDS.sleep(Math.max(0, SEGMENT_MS - ms));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void say(String what) {
        System.out.println("gateway: " + what);
    }
}

package org.livepeer.flink.jobs.payment;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.commons.io.FileUtils;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.util.MiniClusterWithClientResource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.livepeer.flink.connectors.ethereum.devnet.Devnet;
import org.livepeer.flink.connectors.ethereum.devnet.Packages;
import org.livepeer.flink.connectors.ethereum.rpc.EthRpc;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.connectors.kafka.SecretFile;
import org.livepeer.flink.connectors.kafka.TopicAdmin;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.connectors.kafka.broker.EmbeddedKafka;
import org.livepeer.flink.jobs.Metrics;
import org.livepeer.flink.jobs.Nodes;
import org.livepeer.flink.jobs.TopicTail;
import org.livepeer.flink.jobs.settlement.SettlementJob;
import org.livepeer.flink.jobs.settlement.SettlementJobOptions;
import org.livepeer.flink.operators.ticket.Bytes;
import org.livepeer.flink.schemas.ChainOrder;
import org.livepeer.flink.schemas.ChainWorkState;
import org.livepeer.flink.schemas.Event;
import org.livepeer.flink.schemas.OutboxEntry;
import org.livepeer.flink.schemas.Redemption;
import org.livepeer.flink.schemas.SettlementOrder;
import org.livepeer.flink.schemas.SignedTransaction;
import org.livepeer.flink.schemas.WinningTicket;

/**
 * Wins on a real chain with the network's contracts, through blocks that the chain drops, a node
 * whose answers are lost, late, doubled and old, and TaskManagers that die: every wei of them
 * arrives, once.
 */
class SettlementIT {
    private static final Duration BOUND = Duration.ofSeconds(90);
    private static final BigInteger FACE = BigInteger.TEN.pow(16);

    /** {@code WinningTicketRedeemed}. */
    private static final String REDEEMED =
            "0xc389eb51ed006dbf2528507f010efdf5225ea596e1e1741d74f550dab1925ee7";

    /** No round begins among blocks that are dropped: its hash would be another one. */
    private static final int ROUND_BLOCKS = 300;

    private static final int METRICS_PORTS = 12;

    /** How often something dies. */
    private static final int DEATHS = Integer.getInteger("livepeer.settlement.deaths", 4);

    @TempDir Path folder;

    private Devnet devnet;
    private URI node;
    private KafkaAddress kafka;
    private DevnetWins tickets;
    private final int metricsPort = Nodes.port();

    private static Path packages() throws Exception {
        try {
            return Packages.in(Path.of("../target/devnet").toAbsolutePath().normalize());
        } catch (IllegalStateException e) {
            return Assumptions.abort(e.getMessage());
        }
    }

    @Test
    void everyWinIsPaidOnce() throws Exception {
        Devnet.Options options =
                new Devnet.Options(
                        folder.resolve("chain"),
                        packages(),
                        0,
                        Duration.ofMillis(500),
                        "https://127.0.0.1:8935",
                        ROUND_BLOCKS);
        MiniClusterWithClientResource flink =
                new MiniClusterWithClientResource(
                        new MiniClusterResourceConfiguration.Builder()
                                .setConfiguration(restarts())
                                .setNumberTaskManagers(1)
                                .setNumberSlotsPerTaskManager(2)
                                .build());
        try (Devnet chain = Devnet.start(options);
                FaultyRpc faulty = new FaultyRpc(chain.uri(), 6);
                EmbeddedKafka broker = EmbeddedKafka.start(folder.resolve("kafka"), 0)) {
            devnet = chain;
            node = faulty.address();
            kafka = new KafkaAddress(broker.bootstrapServers(), "");
            SecretFile secret = SecretFile.orCreate(folder.resolve("secret"));
            tickets = new DevnetWins(chain, folder.resolve("chain"), secret);
            try (TopicAdmin admin = new TopicAdmin(kafka)) {
                admin.create(1, 1);
            }
            flink.before();
            JobClient job = submit(null);
            BigInteger before = deposit();
            try (ChainRowsWriter rows = new ChainRowsWriter(kafka, secret.secret())) {
                List<WinningTicket> wins = new ArrayList<>();
                Random random = new Random(5);
                for (int i = 0; i < DEATHS; i++) {
                    for (int n = 0; n < 5; n++) {
                        WinningTicket win = tickets.of("session-" + wins.size() % 3, FACE);
                        wins.add(win);
                        tickets.write(rows, win);
                    }
                    tickets.write(rows, wins.get(random.nextInt(wins.size())));
                    Thread.sleep(500 + random.nextInt(1_500));
                    devnet.rpc().call("anvil_reorg", 1 + random.nextInt(6), new Object[0]);
                    Thread.sleep(random.nextInt(1_000));
                    if (i % 2 == 0) {
                        flink.getMiniCluster().terminateTaskManager(0).get();
                        flink.getMiniCluster().startTaskManager();
                    } else {
                        // It has all it needs on Kafka and on the chain.
                        job.cancel().get();
                        job = submit(null);
                    }
                }
                ends(wins, ChainWorkState.CONFIRMED);

                BigInteger paid = FACE.multiply(BigInteger.valueOf(wins.size()));
                assertThat(before.subtract(deposit())).as("taken from the deposit").isEqualTo(paid);
                assertThat(redeemedOnChain()).isEqualTo(wins.size());
                assertThat(ticketsInSeveralTransactions()).isEmpty();
                rewardIsCalled();
                carriesOut(rows, secret);
                job = doomed(rows, job);
                alertsHaveTheirMetrics();
            }
            assertThat(faulty.hadAll()).as(faulty.summary()).isTrue();
            assertThat(job.getJobStatus().get().isTerminalState()).isFalse();
            job.cancel().get();
        } finally {
            flink.after();
        }
    }

    private Configuration restarts() {
        Configuration configuration = new Configuration();
        configuration.setString(
                "metrics.reporter.prom.factory.class",
                "org.apache.flink.metrics.prometheus.PrometheusReporterFactory");
        configuration.setString(
                "metrics.reporter.prom.port", metricsPort + "-" + (metricsPort + METRICS_PORTS));
        configuration.setString("state.backend.type", "rocksdb");
        configuration.setString("restart-strategy.type", "fixed-delay");
        configuration.setString("restart-strategy.fixed-delay.attempts", "100");
        configuration.setString("restart-strategy.fixed-delay.delay", "100 ms");
        return configuration;
    }

    private JobClient submit(@Nullable String savepoint) throws Exception {
        Configuration configuration = new Configuration();
        configuration.setString("execution.checkpointing.interval", "500 ms");
        configuration.setString(
                "execution.checkpointing.dir", folder.resolve("checkpoints").toUri().toString());
        configuration.setString("pipeline.generic-types", "false");
        configuration.setString("pipeline.auto-generate-uids", "false");
        if (savepoint != null) {
            configuration.setString("execution.state-recovery.path", savepoint);
        }
        StreamExecutionEnvironment env =
                StreamExecutionEnvironment.getExecutionEnvironment(configuration);
        env.setParallelism(1);
        Path keys = folder.resolve("chain/orchestrator");
        SettlementJob.build(
                env,
                SettlementJobOptions.fromArgs(
                        new String[] {
                            "--kafka", kafka.bootstrapServers(),
                            "--clusterSecret", folder.resolve("secret").toString(),
                            "--ethUrl", node.toString(),
                            "--ethController", devnet.facts().contracts().get("Controller"),
                            "--ethKeystorePath", keys.toString(),
                            "--ethPassword",
                                    folder.resolve("chain/orchestrator.passphrase").toString(),
                            "--ethAcctAddr", devnet.facts().orchestrator(),
                            "--confirmations", "8",
                            "--maxBatch", "4",
                            "--txTimeout", "5000"
                        }));
        return env.executeAsync("settlement");
    }

    private BigInteger deposit() throws Exception {
        return devnet.ask("TicketBroker", "getSenderInfo(address)", devnet.facts().gateway());
    }

    private Map<String, Redemption> redemptions() {
        Map<String, Redemption> last = new HashMap<>();
        try (TopicTail all = new TopicTail(kafka, Topics.REDEMPTIONS)) {
            all.now()
                    .forEach(
                            r ->
                                    last.put(
                                            new String(r.key()),
                                            TopicTail.decode(Redemption.class, r)));
        }
        return last;
    }

    private void ends(List<WinningTicket> wins, ChainWorkState state) throws Exception {
        long end = System.nanoTime() + BOUND.toNanos();
        Map<String, Redemption> now = redemptions();
        Predicate<Map<String, Redemption>> done =
                all ->
                        wins.stream()
                                .allMatch(
                                        w -> {
                                            Redemption r =
                                                    all.get(DevnetWins.hex(w.getTicketHash()));
                                            return r != null && r.getState() == state;
                                        });
        while (!done.test(now) && System.nanoTime() < end) {
            Thread.sleep(300);
            now = redemptions();
        }
        for (WinningTicket each : wins) {
            Redemption ticket = now.get(DevnetWins.hex(each.getTicketHash()));
            assertThat(ticket).isNotNull();
            assertThat(ticket.getState() + " " + ticket.getReason())
                    .isEqualTo(
                            state
                                    + (state == ChainWorkState.CONFIRMED
                                            ? " "
                                            : " " + ticket.getReason()));
            if (state == ChainWorkState.CONFIRMED) {
                assertThat(Bytes.number(ticket.getPayout()))
                        .isEqualTo(Bytes.number(each.getFaceValue()));
            }
        }
    }

    /**
     * Different tickets that the chain says were redeemed. A node may still tell of a block that it
     * has dropped; what was paid is seen by the deposit.
     */
    private long redeemedOnChain() throws Exception {
        return devnet
                .rpc()
                .logs(
                        0,
                        devnet.rpc().blockNumber(),
                        List.of(devnet.facts().contracts().get("TicketBroker")))
                .stream()
                .filter(log -> EthRpc.hex(log.topics().get(0)).equals(REDEEMED))
                .map(log -> EthRpc.hex(log.data()))
                .distinct()
                .count();
    }

    /** Tickets that the outbox has under two numbers. */
    private List<String> ticketsInSeveralTransactions() {
        Map<String, Long> numbers = new HashMap<>();
        List<String> several = new ArrayList<>();
        long newest = 0;
        try (TopicTail outbox = new TopicTail(kafka, Topics.TRANSACTIONS)) {
            for (var record : outbox.now()) {
                OutboxEntry entry = TopicTail.decode(OutboxEntry.class, record);
                SignedTransaction transaction = entry.getTransaction();
                newest = transaction == null ? Math.max(newest, entry.getAttempt()) : newest;
                if (transaction == null || entry.getAttempt() != newest) {
                    continue;
                }
                for (ByteBuffer hash : transaction.getTickets()) {
                    Long before = numbers.put(DevnetWins.hex(hash), transaction.getNonce());
                    if (before != null && before != transaction.getNonce()) {
                        several.add(DevnetWins.hex(hash));
                    }
                }
            }
        }
        return several;
    }

    private List<Event> events() {
        try (TopicTail tail = new TopicTail(kafka, Topics.EVENTS)) {
            return tail.now().stream().map(r -> TopicTail.decode(Event.class, r)).toList();
        }
    }

    private Event await(Predicate<Event> wanted) throws Exception {
        long end = System.nanoTime() + BOUND.toNanos();
        while (System.nanoTime() < end) {
            for (Event each : events()) {
                if (wanted.test(each)) {
                    return each;
                }
            }
            Thread.sleep(200);
        }
        throw new AssertionError("no such event in " + events());
    }

    private void mine(int blocks) throws Exception {
        for (int mined = 0; mined < blocks; mined += 50) {
            devnet.rpc().call("anvil_mine", EthRpc.hex(Math.min(50, blocks - mined)));
        }
    }

    private void rewardIsCalled() throws Exception {
        mine(ROUND_BLOCKS);
        Event done =
                await(
                        e ->
                                e.getType().equals("OrderDone")
                                        && "reward".equals(e.getNumbers().get("action")));
        assertThat(done.getNumbers().get("transaction")).isNotBlank();
    }

    private void carriesOut(ChainRowsWriter rows, SecretFile secret) throws Exception {
        order(rows, "uri-1", "setServiceUri", Map.of("serviceUri", "https://example.test:1234"));
        Event done = await(e -> isEndOf(e, "uri-1"));
        assertThat(done.getType() + done.getReason()).isEqualTo("OrderDone");
        order(rows, "withdraw-1", "withdraw", Map.of());
        Event failed = await(e -> isEndOf(e, "withdraw-1"));
        assertThat(failed.getType()).isEqualTo("OrderFailed");
        assertThat(failed.getReason()).contains("sender deposit and reserve are zero");
    }

    private static boolean isEndOf(Event event, String id) {
        return id.equals(event.getNumbers().get("command"))
                && List.of("OrderDone", "OrderFailed").contains(event.getType());
    }

    private void order(
            ChainRowsWriter rows, String id, String action, Map<String, String> arguments)
            throws Exception {
        byte[] account = HexFormat.of().parseHex(devnet.facts().orchestrator().substring(2));
        rows.write(
                Topics.ORDERS,
                DevnetWins.hex(ByteBuffer.wrap(account)),
                SettlementOrder.newBuilder()
                        .setId(id)
                        .setAccount(ByteBuffer.wrap(account))
                        .setIssuedAtMs(System.currentTimeMillis())
                        .setOrder(new ChainOrder(action, arguments))
                        .build());
    }

    /**
     * One that its sender cannot pay waits, also through a savepoint; when its rounds are over it
     * ends.
     */
    private JobClient doomed(ChainRowsWriter rows, JobClient job) throws Exception {
        WinningTicket tooBig = tickets.of("big", BigInteger.TEN.pow(21));
        tickets.write(rows, tooBig);
        String hash = DevnetWins.hex(tooBig.getTicketHash());
        Event waits =
                await(
                        e ->
                                e.getType().equals("TicketDeferred")
                                        && hash.equals(e.getNumbers().get("ticket")));
        assertThat(waits.getReason()).contains("its sender has");
        awaitEarlyInRound();
        // No block any more: what is sent stays under way.
        devnet.rpc().call("evm_setAutomine", false);
        devnet.rpc().call("evm_setIntervalMining", 0);
        WinningTicket sent = tickets.of("session-0", FACE);
        tickets.write(rows, sent);
        await(
                e ->
                        e.getType().equals("RedemptionSent")
                                && redemptions()
                                                .get(DevnetWins.hex(sent.getTicketHash()))
                                                .getState()
                                        == ChainWorkState.SENT);
        String savepoint =
                job.stopWithSavepoint(
                                false,
                                folder.resolve("savepoints").toUri().toString(),
                                SavepointFormatType.CANONICAL)
                        .get();
        keep(savepoint);
        devnet.rpc().call("evm_setIntervalMining", 1);
        JobClient next = submit(savepoint);
        ends(List.of(sent), ChainWorkState.CONFIRMED);
        mine(2 * ROUND_BLOCKS + 10);
        ends(List.of(tooBig), ChainWorkState.EXPIRED);
        assertThat(events())
                .filteredOn(e -> hash.equals(e.getNumbers().get("ticket")))
                .filteredOn(e -> e.getType().equals("TicketWon"))
                .hasSize(1);
        return next;
    }

    /** Where time stands still in a round that is not initialized nothing is sent. */
    private void awaitEarlyInRound() throws Exception {
        while (devnet.ask("RoundsManager", "currentRoundInitialized()").signum() == 0
                || devnet.rpc().blockNumber()
                                - devnet.ask("RoundsManager", "currentRoundStartBlock()")
                                        .longValueExact()
                        > ROUND_BLOCKS - 60) {
            Thread.sleep(100);
        }
    }

    /** {@code -Dlivepeer.fixture.settlement=DIR} keeps it for later versions. */
    private static void keep(String savepoint) throws IOException {
        String kept = System.getProperty("livepeer.fixture.settlement");
        if (kept != null) {
            FileUtils.copyDirectory(Path.of(URI.create(savepoint)).toFile(), new File(kept));
        }
    }

    private void alertsHaveTheirMetrics() throws Exception {
        Set<String> missing = Metrics.used("prometheus/alerts-chain.yml");
        assertThat(missing).isNotEmpty();
        List<Integer> ports = new ArrayList<>();
        for (int i = 0; i <= METRICS_PORTS; i++) {
            ports.add(metricsPort + i);
        }
        missing.removeAll(Metrics.scraped(ports, ""));
        assertThat(missing).as("names that no metric has").isEmpty();
    }
}

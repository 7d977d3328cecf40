package org.livepeer.flink.jobs.payment;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.util.MiniClusterWithClientResource;
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
import org.livepeer.flink.jobs.TopicTail;
import org.livepeer.flink.jobs.settlement.SettlementJob;
import org.livepeer.flink.jobs.settlement.SettlementJobOptions;
import org.livepeer.flink.operators.ticket.Bytes;
import org.livepeer.flink.schemas.Redemption;
import org.livepeer.flink.schemas.WinningTicket;

/**
 * Wins of one sender that wait when the settlement job starts, on a chain with the network's
 * contracts: all are redeemed while they can be. Then what a hundred cost in batches and one by
 * one. It is no test and runs only when it is named.
 */
class BacklogBenchmark {
    private static final int BACKLOG = Integer.getInteger("livepeer.benchmark.wins", 200);
    private static final int COMPARED = Integer.getInteger("livepeer.benchmark.compared", 100);
    private static final Duration BLOCK =
            Duration.ofMillis(Integer.getInteger("livepeer.benchmark.block", 1_000));

    /** Redeeming a hundred one by one takes more than the two rounds of 60 that a ticket has. */
    private static final int ROUND_BLOCKS = Integer.getInteger("livepeer.benchmark.round", 240);

    private static final Duration BOUND = Duration.ofMinutes(10);
    private static final BigInteger FACE = BigInteger.TEN.pow(16);

    @TempDir Path folder;

    private Devnet devnet;
    private KafkaAddress kafka;
    private DevnetWins tickets;

    /** What redeeming some wins took. */
    private record Cost(int transactions, long blocks, long gas, double seconds) {
        String each(int wins) {
            return transactions
                    + " transactions, "
                    + gas / wins
                    + " gas a win, "
                    + blocks
                    + " blocks from the first to the last, "
                    + Math.round(seconds)
                    + " s to the last confirmation";
        }
    }

    @Test
    void ofOneSender() throws Exception {
        Devnet.Options options =
                new Devnet.Options(
                        folder.resolve("chain"),
                        Packages.in(Path.of("../target/devnet").toAbsolutePath().normalize()),
                        0,
                        BLOCK,
                        "https://127.0.0.1:8935",
                        ROUND_BLOCKS);
        MiniClusterWithClientResource flink =
                new MiniClusterWithClientResource(
                        new MiniClusterResourceConfiguration.Builder()
                                .setNumberTaskManagers(1)
                                .setNumberSlotsPerTaskManager(1)
                                .build());
        try (Devnet chain = Devnet.start(options);
                EmbeddedKafka broker = EmbeddedKafka.start(folder.resolve("kafka"), 0)) {
            devnet = chain;
            kafka = new KafkaAddress(broker.bootstrapServers(), "");
            SecretFile secret = SecretFile.orCreate(folder.resolve("secret"));
            tickets = new DevnetWins(chain, folder.resolve("chain"), secret);
            try (TopicAdmin admin = new TopicAdmin(kafka)) {
                admin.create(1, 1);
            }
            flink.before();
            try (ChainRowsWriter rows = new ChainRowsWriter(kafka, secret.secret())) {
                Cost backlog = redeem(rows, BACKLOG, "--confirmations", "12");
                Cost together = redeem(rows, COMPARED, "--confirmations", "2");
                Cost alone = redeem(rows, COMPARED, "--confirmations", "2", "--maxBatch", "1");
                System.out.printf(
                        "backlog: %d wins of one sender, blocks of %d ms, all redeemed in time: %s%n"
                                + "  %d wins in batches: %s%n  %d wins one by one: %s%n"
                                + "  gas in batches is %.3f of gas one by one%n",
                        BACKLOG,
                        BLOCK.toMillis(),
                        backlog.each(BACKLOG),
                        COMPARED,
                        together.each(COMPARED),
                        COMPARED,
                        alone.each(COMPARED),
                        (double) together.gas() / alone.gas());
            }
        } finally {
            flink.after();
        }
    }

    /** Wins that are there before the job, until they are confirmed. */
    private Cost redeem(ChainRowsWriter rows, int count, String... settings) throws Exception {
        BigInteger before = deposit();
        List<WinningTicket> wins = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            WinningTicket win = tickets.of("session-" + i % 5, FACE);
            wins.add(win);
            tickets.write(rows, win);
        }
        long began = System.nanoTime();
        JobClient job = submit(settings);
        Map<String, Redemption> all = await(wins);
        double seconds = (System.nanoTime() - began) / 1e9;
        job.cancel().get();
        assertThat(before.subtract(deposit()))
                .as("taken from the deposit")
                .isEqualTo(FACE.multiply(BigInteger.valueOf(count)));
        Set<String> hashes = new TreeSet<>();
        long first = Long.MAX_VALUE;
        long last = 0;
        for (WinningTicket win : wins) {
            Redemption redemption = all.get(DevnetWins.hex(win.getTicketHash()));
            assertThat(Bytes.number(redemption.getPayout())).isEqualTo(FACE);
            hashes.add(DevnetWins.hex(redemption.getTransaction()));
            first = Math.min(first, redemption.getBlock());
            last = Math.max(last, redemption.getBlock());
        }
        long gas = 0;
        for (String hash : hashes) {
            JsonNode receipt = devnet.rpc().call("eth_getTransactionReceipt", hash);
            gas += EthRpc.number(receipt.get("gasUsed")).longValueExact();
        }
        return new Cost(hashes.size(), last - first + 1, gas, seconds);
    }

    private BigInteger deposit() throws Exception {
        return devnet.ask("TicketBroker", "getSenderInfo(address)", devnet.facts().gateway());
    }

    private JobClient submit(String... settings) throws Exception {
        Configuration configuration = new Configuration();
        configuration.setString("execution.checkpointing.interval", "1 s");
        configuration.setString(
                "execution.checkpointing.dir", folder.resolve("checkpoints").toUri().toString());
        StreamExecutionEnvironment env =
                StreamExecutionEnvironment.getExecutionEnvironment(configuration);
        env.setParallelism(1);
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                "--kafka",
                                kafka.bootstrapServers(),
                                "--clusterSecret",
                                folder.resolve("secret").toString(),
                                "--ethUrl",
                                devnet.uri().toString(),
                                "--ethController",
                                devnet.facts().contracts().get("Controller"),
                                "--ethKeystorePath",
                                folder.resolve("chain/orchestrator").toString(),
                                "--ethPassword",
                                folder.resolve("chain/orchestrator.passphrase").toString(),
                                "--ethAcctAddr",
                                devnet.facts().orchestrator()));
        arguments.addAll(List.of(settings));
        SettlementJob.build(env, SettlementJobOptions.fromArgs(arguments.toArray(new String[0])));
        return env.executeAsync("settlement");
    }

    private Map<String, Redemption> await(List<WinningTicket> wins) {
        Map<String, Redemption> last = new HashMap<>();
        try (TopicTail redemptions = new TopicTail(kafka, Topics.REDEMPTIONS)) {
            redemptions.until(
                    all -> {
                        all.forEach(
                                r ->
                                        last.put(
                                                new String(r.key()),
                                                TopicTail.decode(Redemption.class, r)));
                        return wins.stream()
                                .map(w -> last.get(DevnetWins.hex(w.getTicketHash())))
                                .allMatch(r -> r != null && isOver(r));
                    },
                    BOUND);
        }
        return last;
    }

    private static boolean isOver(Redemption redemption) {
        return switch (redemption.getState()) {
            case CONFIRMED -> true;
            case EXPIRED, DEAD ->
                    throw new AssertionError(redemption.getState() + " " + redemption.getReason());
            case QUEUED, SIGNED, SENT, MINED -> false;
        };
    }
}

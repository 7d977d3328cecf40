package org.livepeer.flink.jobs.payment;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.util.MiniClusterWithClientResource;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.livepeer.flink.connectors.ethereum.devnet.Devnet;
import org.livepeer.flink.connectors.ethereum.devnet.Packages;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.connectors.kafka.SecretFile;
import org.livepeer.flink.connectors.kafka.TopicAdmin;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.connectors.kafka.broker.EmbeddedKafka;
import org.livepeer.flink.jobs.TopicTail;
import org.livepeer.flink.jobs.chain.ChainJob;
import org.livepeer.flink.jobs.chain.ChainJobOptions;
import org.livepeer.flink.operators.ticket.Bytes;
import org.livepeer.flink.schemas.ChainHead;
import org.livepeer.flink.schemas.OrchestratorEntry;
import org.livepeer.flink.schemas.SenderEntry;

/**
 * The chain job on a real chain with the network's contracts: what it folds from events is what the
 * contracts say, through blocks that the chain drops and a TaskManager that dies.
 */
class ChainJobIT {
    private static final Duration BOUND = Duration.ofSeconds(60);
    private static final BigInteger ETHER = BigInteger.TEN.pow(18);

    @TempDir Path folder;

    private static Path packages() throws Exception {
        try {
            return Packages.in(Path.of("../target/devnet").toAbsolutePath().normalize());
        } catch (IllegalStateException e) {
            return Assumptions.abort(e.getMessage());
        }
    }

    @Test
    void rowsAreWhatTheContractsSay() throws Exception {
        Devnet.Options options =
                new Devnet.Options(
                        folder.resolve("chain"),
                        packages(),
                        0,
                        Duration.ofMillis(300),
                        "https://127.0.0.1:8935");
        MiniClusterWithClientResource flink =
                new MiniClusterWithClientResource(
                        new MiniClusterResourceConfiguration.Builder()
                                .setConfiguration(restarts())
                                .setNumberTaskManagers(1)
                                .setNumberSlotsPerTaskManager(2)
                                .build());
        try (Devnet devnet = Devnet.start(options);
                FaultyRpc faulty = new FaultyRpc(devnet.uri(), 0);
                EmbeddedKafka broker = EmbeddedKafka.start(folder.resolve("kafka"), 0)) {
            KafkaAddress kafka = new KafkaAddress(broker.bootstrapServers(), "");
            SecretFile.orCreate(folder.resolve("secret"));
            try (TopicAdmin admin = new TopicAdmin(kafka)) {
                admin.create(1, 1);
            }
            flink.before();
            JobClient job = submit(kafka, devnet, faulty.address());
            agrees(kafka, devnet);

            Random random = new Random(3);
            for (int depth = 1; depth <= 6; depth++) {
                String gateway = devnet.facts().gateway();
                devnet.send(gateway, "TicketBroker", ETHER, "fundDeposit()");
                devnet.send(
                        gateway,
                        "TicketBroker",
                        BigInteger.valueOf(1 + random.nextInt(1_000)),
                        "fundReserve()");
                if (depth % 2 == 0) {
                    // Cancelled by the next deposit.
                    devnet.send(gateway, "TicketBroker", BigInteger.ZERO, "unlock()");
                }
                agrees(kafka, devnet);
                // The chain drops its last blocks, and goes on with others.
                devnet.rpc().call("anvil_reorg", depth, new Object[0]);
                if (depth == 3) {
                    flink.getMiniCluster().terminateTaskManager(0).get();
                    flink.getMiniCluster().startTaskManager();
                }
                agrees(kafka, devnet);
            }
            if (faulty.isFaulty()) {
                assertThat(faulty.hadAll()).as(faulty.summary()).isTrue();
            }
            assertThat(job.getJobStatus().get().isTerminalState()).isFalse();
            job.cancel().get();
        } finally {
            flink.after();
        }
    }

    private static Configuration restarts() {
        Configuration configuration = new Configuration();
        configuration.setString("state.backend.type", "rocksdb");
        configuration.setString("restart-strategy.type", "fixed-delay");
        configuration.setString("restart-strategy.fixed-delay.attempts", "100");
        configuration.setString("restart-strategy.fixed-delay.delay", "100 ms");
        return configuration;
    }

    private JobClient submit(KafkaAddress kafka, Devnet devnet, URI node) throws Exception {
        Configuration configuration = new Configuration();
        configuration.setString("execution.checkpointing.interval", "500 ms");
        configuration.setString(
                "execution.checkpointing.dir", folder.resolve("checkpoints").toUri().toString());
        configuration.setString("pipeline.generic-types", "false");
        configuration.setString("pipeline.auto-generate-uids", "false");
        StreamExecutionEnvironment env =
                StreamExecutionEnvironment.getExecutionEnvironment(configuration);
        env.setParallelism(1);
        ChainJob.build(
                env,
                ChainJobOptions.fromArgs(
                        new String[] {
                            "--kafka", kafka.bootstrapServers(),
                            "--clusterSecret", folder.resolve("secret").toString(),
                            "--ethUrl", node.toString(),
                            "--ethController", devnet.facts().contracts().get("Controller"),
                            "--recipient", devnet.facts().orchestrator()
                        }));
        return env.executeAsync("chain");
    }

    /** Waits until the rows say what the contracts say. */
    private static void agrees(KafkaAddress kafka, Devnet devnet) throws Exception {
        long end = System.nanoTime() + BOUND.toNanos();
        String theirs = contracts(devnet);
        String ours = rows(kafka, devnet);
        while (!ours.equals(theirs) && System.nanoTime() < end) {
            Thread.sleep(200);
            theirs = contracts(devnet);
            ours = rows(kafka, devnet);
        }
        assertThat(ours).isEqualTo(theirs);
    }

    private static String contracts(Devnet devnet) throws Exception {
        String[] info = new String[4];
        String raw =
                devnet.rpc()
                        .view(
                                devnet.facts().contracts().get("TicketBroker"),
                                "0xe1a589da"
                                        + "0".repeat(24)
                                        + devnet.facts().gateway().substring(2),
                                "latest")
                        .substring(2);
        for (int i = 0; i < 4; i++) {
            info[i] = new BigInteger(raw.substring(64 * i, 64 * (i + 1)), 16).toString();
        }
        return "deposit "
                + info[0]
                + " withdraw "
                + info[1]
                + " reserve "
                + info[2]
                + " pool "
                + devnet.ask("BondingManager", "getTranscoderPoolSize()")
                + " active "
                + devnet.ask(
                        "BondingManager",
                        "isActiveTranscoder(address)",
                        devnet.facts().orchestrator())
                + " round "
                + devnet.ask("RoundsManager", "lastInitializedRound()");
    }

    private static String rows(KafkaAddress kafka, Devnet devnet) {
        ChainHead head = null;
        try (TopicTail rounds = new TopicTail(kafka, Topics.ROUNDS)) {
            for (var each : rounds.now()) {
                head = TopicTail.decode(ChainHead.class, each);
            }
        }
        Map<String, SenderEntry> senders = new HashMap<>();
        try (TopicTail all = new TopicTail(kafka, Topics.SENDERS)) {
            all.now()
                    .forEach(
                            r ->
                                    senders.put(
                                            new String(r.key()),
                                            TopicTail.decode(SenderEntry.class, r)));
        }
        Map<String, OrchestratorEntry> orchestrators = new HashMap<>();
        try (TopicTail all = new TopicTail(kafka, Topics.ORCHESTRATORS)) {
            all.now()
                    .forEach(
                            r ->
                                    orchestrators.put(
                                            new String(r.key()),
                                            TopicTail.decode(OrchestratorEntry.class, r)));
        }
        SenderEntry sender = senders.get(lower(devnet.facts().gateway()));
        OrchestratorEntry us = orchestrators.get(lower(devnet.facts().orchestrator()));
        if (head == null || sender == null || us == null) {
            return "nothing yet";
        }
        boolean active =
                us.getActivationRound() <= head.getRound()
                        && head.getRound() < us.getDeactivationRound();
        return "deposit "
                + Bytes.number(sender.getDeposit())
                + " withdraw "
                + sender.getWithdrawRound()
                + " reserve "
                + Bytes.number(sender.getReserve())
                + " pool "
                + head.getPoolSize()
                + " active "
                + (active ? 1 : 0)
                + " round "
                + head.getRound();
    }

    private static String lower(String address) {
        return address.toLowerCase(java.util.Locale.ROOT);
    }
}

package org.livepeer.flink.jobs.payment;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.livepeer.flink.connectors.ethereum.devnet.Devnet;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.connectors.kafka.SecretFile;
import org.livepeer.flink.connectors.kafka.TopicAdmin;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.jobs.TopicTail;
import org.livepeer.flink.jobs.chain.ChainJob;
import org.livepeer.flink.jobs.chain.ChainJobOptions;
import org.livepeer.flink.jobs.settlement.SettlementJob;
import org.livepeer.flink.jobs.settlement.SettlementJobOptions;
import org.livepeer.flink.operators.ticket.Bytes;
import org.livepeer.flink.schemas.ChainHead;
import org.livepeer.flink.schemas.ChainWorkState;
import org.livepeer.flink.schemas.Event;
import org.livepeer.flink.schemas.Redemption;
import org.livepeer.flink.schemas.WinningTicket;

/** A chain and a settlement job with topics of their own. The first failure ends them. */
final class ChainJobs implements AutoCloseable {
    private static final Duration BOUND = Duration.ofSeconds(40);

    private final ChainRowsWriter rows;
    private final List<JobClient> jobs = new ArrayList<>();
    private final TopicTail rounds;
    private final TopicTail events;
    private final TopicTail redemptions;

    /**
     * Starts them on Flink's current cluster.
     *
     * @param folder with the cluster secret, and the chain's keys in {@code chain}
     * @param account name of the key that settles
     * @param nodes {@code URL[,URL]}
     */
    ChainJobs(KafkaAddress kafka, Path folder, Devnet devnet, String account, String nodes)
            throws Exception {
        try (TopicAdmin admin = new TopicAdmin(kafka)) {
            admin.create(1, 1);
        }
        rounds = new TopicTail(kafka, Topics.ROUNDS);
        events = new TopicTail(kafka, Topics.EVENTS);
        redemptions = new TopicTail(kafka, Topics.REDEMPTIONS);
        Path secret = folder.resolve("secret");
        rows = new ChainRowsWriter(kafka, new SecretFile(secret).secret());
        Map<String, String> common = new HashMap<>();
        common.put("kafka", kafka.bootstrapServers());
        common.put("topicPrefix", kafka.topicPrefix());
        common.put("clusterSecret", secret.toString());
        common.put("ethUrl", nodes);
        common.put("ethController", devnet.facts().contracts().get("Controller"));
        common.put("recipient", devnet.facts().orchestrator());
        StreamExecutionEnvironment chain = environment();
        ChainJob.build(chain, ChainJobOptions.fromArgs(arguments(common)));
        jobs.add(chain.executeAsync("chain " + account));

        Path key = folder.resolve("chain").resolve(account);
        common.put("ethKeystorePath", key.toString());
        common.put("ethPassword", key + ".passphrase");
        common.put(
                "ethAcctAddr",
                account.equals("gateway")
                        ? devnet.facts().gateway()
                        : devnet.facts().orchestrator());
        common.put("initializeRound", "true");
        common.put("confirmations", "2");
        StreamExecutionEnvironment settlement = environment();
        SettlementJob.build(settlement, SettlementJobOptions.fromArgs(arguments(common)));
        jobs.add(settlement.executeAsync("settlement " + account));
    }

    private static String[] arguments(Map<String, String> named) {
        List<String> all = new ArrayList<>();
        named.forEach(
                (name, value) -> {
                    if (!value.isEmpty()) {
                        all.addAll(List.of("--" + name, value));
                    }
                });
        return all.toArray(new String[0]);
    }

    private static StreamExecutionEnvironment environment() {
        Configuration configuration = new Configuration();
        configuration.setString("restart-strategy.type", "none");
        configuration.setString("execution.checkpointing.interval", "500 ms");
        configuration.setString("pipeline.generic-types", "false");
        configuration.setString("pipeline.auto-generate-uids", "false");
        StreamExecutionEnvironment env =
                StreamExecutionEnvironment.getExecutionEnvironment(configuration);
        env.setParallelism(1);
        return env;
    }

    /** That neither has ended, nor was started again. */
    void areRunning() throws Exception {
        for (JobClient each : jobs) {
            assertThat(each.getJobStatus().get()).isEqualTo(JobStatus.RUNNING);
        }
    }

    void take(WinningTicket win) throws Exception {
        rows.write(Topics.WINNING_TICKETS, DevnetWins.hex(win.getSender()), win);
    }

    /** Number of the newest block in the rows; -1 for none. */
    long head() {
        var records = rounds.now();
        return records.isEmpty()
                ? -1
                : TopicTail.decode(ChainHead.class, records.get(records.size() - 1)).getBlock();
    }

    List<Event> events() {
        return events.now().stream().map(r -> TopicTail.decode(Event.class, r)).toList();
    }

    /** Reasons with which a ticket was told to be so. */
    List<String> reasons(WinningTicket win, String type) {
        String hash = DevnetWins.hex(win.getTicketHash());
        return events().stream()
                .filter(e -> e.getType().equals(type))
                .filter(e -> hash.equals(e.getNumbers().get("ticket")))
                .map(Event::getReason)
                .toList();
    }

    Redemption redemption(WinningTicket win) {
        String hash = DevnetWins.hex(win.getTicketHash());
        Redemption last = null;
        for (var each : redemptions.now()) {
            if (new String(each.key()).equals(hash)) {
                last = TopicTail.decode(Redemption.class, each);
            }
        }
        return last;
    }

    void awaitDeferred(WinningTicket win) throws Exception {
        await("deferral", () -> !reasons(win, "TicketDeferred").isEmpty());
    }

    /** Waits until they are, and looks whether each was so once and was paid in full. */
    void areRedeemedOnce(List<WinningTicket> wins) throws Exception {
        for (WinningTicket each : wins) {
            await("redemption", () -> !reasons(each, "TicketRedeemed").isEmpty());
            assertThat(reasons(each, "TicketRedeemed")).containsExactly("");
            Redemption redemption = redemption(each);
            assertThat(redemption.getState()).isEqualTo(ChainWorkState.CONFIRMED);
            assertThat(Bytes.number(redemption.getPayout()))
                    .isEqualTo(Bytes.number(each.getFaceValue()));
        }
    }

    static void await(String what, BooleanSupplier isThere) throws Exception {
        long end = System.nanoTime() + BOUND.toNanos();
        while (!isThere.getAsBoolean()) {
            assertThat(System.nanoTime()).as("time for a " + what).isLessThan(end);
            Thread.sleep(50);
        }
    }

    @Override
    public void close() throws Exception {
        rows.close();
        rounds.close();
        events.close();
        redemptions.close();
        for (JobClient each : jobs) {
            if (!each.getJobStatus().get().isTerminalState()) {
                each.cancel().get();
            }
        }
    }
}

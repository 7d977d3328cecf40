package org.livepeer.flink.jobs.benchmark;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.runtime.testutils.InMemoryReporter;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.util.MiniClusterWithClientResource;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.connectors.kafka.SecretFile;
import org.livepeer.flink.connectors.kafka.TopicAdmin;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.connectors.kafka.broker.EmbeddedKafka;
import org.livepeer.flink.connectors.storage.SharedDirectoryStore;
import org.livepeer.flink.connectors.storage.StoreOptions;
import org.livepeer.flink.jobs.benchmark.Stamps.Point;
import org.livepeer.flink.jobs.orchestrator.OrchestratorJob;
import org.livepeer.flink.jobs.orchestrator.OrchestratorOptions;
import org.livepeer.flink.jobs.orchestrator.Tenure;
import org.livepeer.flink.jobs.orchestrator.WorkerClients;

/**
 * From a producer's send to a consumer's receive, 1 MB each way: the orchestrator with an engine
 * that hands the source back, against Kafka, identity map, gRPC echo, Kafka. One broker, one
 * MiniCluster with flink-conf/config.yaml, both jobs running all the time, rounds in turn.
 */
class EndToEndBenchmark {
    static final int BYTES = 1 << 20;

    private static final int ROUNDS = Integer.getInteger("livepeer.benchmark.rounds", 5);
    private static final int PER_ROUND = Integer.getInteger("livepeer.benchmark.records", 200);
    private static final int RATE = Integer.getInteger("livepeer.benchmark.rate", 20);
    private static final int WARM = Integer.getInteger("livepeer.benchmark.warm", 400);
    private static final String FORMS =
            System.getProperty("livepeer.benchmark.forms", "bare,inline,reference");

    private final Map<String, List<double[]>> rounds = new LinkedHashMap<>();
    private final Map<String, List<String>> keys = new LinkedHashMap<>();
    private final Map<String, List<Long>> toLedger = new LinkedHashMap<>();
    private final Map<String, List<Long>> toAssign = new LinkedHashMap<>();

    @Test
    void againstTheBareStack(@TempDir Path folder) throws Exception {
        InMemoryReporter metrics = InMemoryReporter.createWithRetainedMetrics();
        // A machine that others use too must not fence the only broker.
        Map<String, String> patient = Map.of("broker.session.timeout.ms", "60000");
        try (EmbeddedKafka broker = EmbeddedKafka.start(folder.resolve("kafka"), 0, patient)) {
            KafkaAddress address = new KafkaAddress(broker.bootstrapServers(), "");
            topics(address);
            SecretFile secret = SecretFile.orCreate(folder.resolve("cluster.secret"));
            SharedDirectoryStore store =
                    new SharedDirectoryStore(StoreOptions.of(folder.resolve("store")));
            MiniClusterWithClientResource flink = cluster(folder, metrics);
            flink.before();
            try (BareStack bare = new BareStack(address);
                    OrchestratorStack orchestrator =
                            new OrchestratorStack(
                                    address, secret.secret(), store, folder.resolve("worker"));
                    Watcher bareOut =
                            new Watcher(address, BareStack.OUT, r -> new String(r.key(), UTF_8));
                    Watcher renditions =
                            new Watcher(
                                    address,
                                    address.topic(Topics.RENDITIONS),
                                    r -> Watcher.rendition(r, store))) {
                StreamExecutionEnvironment env = environment(folder);
                bare.build(env, address);
                JobClient bareJob = started(env, "bare");
                JobClient job = started(orchestrator(folder, address), "orchestrator");
                List<Stack> stacks = new ArrayList<>();
                for (Stack stack :
                        List.of(bare, orchestrator.inline(), orchestrator.byReference())) {
                    if (Arrays.asList(FORMS.split(",")).contains(stack.name())) {
                        stacks.add(stack);
                    }
                }
                measure(stacks, metrics, job);
                report(stacks);
                job.cancel().get(30, TimeUnit.SECONDS);
                bareJob.cancel().get(30, TimeUnit.SECONDS);
            } finally {
                flink.after();
            }
        }
    }

    private void measure(List<Stack> stacks, InMemoryReporter metrics, JobClient job)
            throws Exception {
        List<byte[]> media = new ArrayList<>();
        Random random = new Random(1);
        for (int i = 0; i < 8; i++) {
            byte[] bytes = new byte[BYTES];
            random.nextBytes(bytes);
            media.add(bytes);
        }
        long seq = 0;
        for (Stack stack : stacks) {
            stack.round(seq, WARM, RATE, media);
        }
        seq += WARM;
        for (int round = 0; round < ROUNDS; round++) {
            for (Stack stack : stacks) {
                List<String> pushed = stack.round(seq, PER_ROUND, RATE, media);
                double[] took =
                        pushed.stream()
                                .mapToDouble(k -> Stamps.ms(k, Point.PUSHED, Point.SEEN))
                                .toArray();
                rounds.computeIfAbsent(stack.name(), n -> new ArrayList<>()).add(took);
                keys.computeIfAbsent(stack.name(), n -> new ArrayList<>()).addAll(pushed);
                take(toLedger, stack, metrics, job, ".*LEDGER.*reachedMs");
                take(toAssign, stack, metrics, job, ".*ASSIGN.*reachedMs");
                System.out.printf(
                        "benchmark: round %d %-9s p50 %.1f p90 %.1f p99 %.1f ms%n",
                        round + 1,
                        stack.name(),
                        Stamps.quantile(took, 0.5),
                        Stamps.quantile(took, 0.9),
                        Stamps.quantile(took, 0.99));
            }
            seq += PER_ROUND;
        }
    }

    /** The last values of a histogram, those of this round. */
    private static void take(
            Map<String, List<Long>> into,
            Stack stack,
            InMemoryReporter metrics,
            JobClient job,
            String name) {
        if (stack.name().equals("bare")) {
            return;
        }
        metrics.findMetrics(job.getJobID(), name).values().stream()
                .filter(Histogram.class::isInstance)
                .map(h -> ((Histogram) h).getStatistics().getValues())
                .forEach(
                        values -> {
                            List<Long> all =
                                    into.computeIfAbsent(stack.name(), n -> new ArrayList<>());
                            int from = Math.max(0, values.length - PER_ROUND);
                            for (int i = from; i < values.length; i++) {
                                all.add(values[i]);
                            }
                        });
    }

    private void report(List<Stack> stacks) {
        double[] bareRounds = medians("bare");
        for (Stack stack : stacks) {
            double[] medians = medians(stack.name());
            System.out.printf(
                    "benchmark: %-9s median of round p50s %.2f ms, best %.2f, all %s%n",
                    stack.name(),
                    Stamps.quantile(medians, 0.5),
                    Stamps.quantile(medians, 0),
                    Arrays.stream(medians).mapToObj("%.1f"::formatted).toList());
            if (bareRounds.length == medians.length) {
                double[] ratios = new double[medians.length];
                for (int i = 0; i < ratios.length; i++) {
                    ratios[i] = medians[i] / bareRounds[i];
                }
                System.out.printf(
                        "benchmark: %-9s against bare: ratio of the medians %.2f, of the rounds"
                                + " %.2f (%s)%n",
                        stack.name(),
                        Stamps.quantile(medians, 0.5) / Stamps.quantile(bareRounds, 0.5),
                        Stamps.quantile(ratios, 0.5),
                        Arrays.stream(ratios).mapToObj("%.2f"::formatted).toList());
            }
        }
        for (Stack stack : stacks) {
            System.out.printf(
                    "benchmark: %-9s p50 of stages, ms: push to call %.2f, call to engine %.2f,"
                            + " engine %.2f, engine to answer %.2f, (call in all %.2f), answer to"
                            + " receive %.2f%n",
                    stack.name(),
                    stage(stack, Point.PUSHED, Point.CALLED),
                    stage(stack, Point.CALLED, Point.ENGINE),
                    stage(stack, Point.ENGINE, Point.MADE),
                    stage(stack, Point.MADE, Point.ANSWERED),
                    stage(stack, Point.CALLED, Point.ANSWERED),
                    stage(stack, Point.ANSWERED, Point.SEEN));
            if (toLedger.containsKey(stack.name())) {
                System.out.printf(
                        "benchmark: %-9s mean ms from append to Ledger's verdict %.2f, to Assign's"
                                + " %.2f%n",
                        stack.name(),
                        mean(toLedger.get(stack.name())),
                        mean(toAssign.get(stack.name())));
            }
        }
    }

    private double[] medians(String stack) {
        return rounds.getOrDefault(stack, List.of()).stream()
                .mapToDouble(round -> Stamps.quantile(round, 0.5))
                .toArray();
    }

    private double stage(Stack stack, Point from, Point to) {
        double[] values =
                keys.get(stack.name()).stream().mapToDouble(k -> Stamps.ms(k, from, to)).toArray();
        return Stamps.quantile(values, 0.5);
    }

    private static double mean(List<Long> values) {
        long[] sorted = values.stream().mapToLong(Long::longValue).sorted().toArray();
        // Stalls are in the percentiles; here the middle nine tenths speak.
        return Arrays.stream(sorted, sorted.length / 20, sorted.length - sorted.length / 20)
                .average()
                .orElse(Double.NaN);
    }

    private static void topics(KafkaAddress address) throws Exception {
        try (TopicAdmin admin = new TopicAdmin(address)) {
            admin.create(1, 1);
        }
        Map<String, String> settings = Topics.SEGMENTS.settings();
        int partitions = Topics.SEGMENTS.partitions();
        try (Admin admin = Admin.create(address.clientProperties())) {
            admin.createTopics(
                            List.of(
                                    new NewTopic(BareStack.IN, partitions, (short) 1)
                                            .configs(settings),
                                    new NewTopic(BareStack.OUT, partitions, (short) 1)
                                            .configs(settings)))
                    .all()
                    .get(30, TimeUnit.SECONDS);
        }
        TimeUnit.SECONDS.sleep(1);
    }

    static MiniClusterWithClientResource cluster(Path folder, InMemoryReporter metrics) {
        Configuration c = settings(folder);
        metrics.addToConfiguration(c);
        return new MiniClusterWithClientResource(
                new MiniClusterResourceConfiguration.Builder()
                        .setConfiguration(c)
                        .setNumberTaskManagers(1)
                        .setNumberSlotsPerTaskManager(2)
                        .build());
    }

    /** flink-conf/config.yaml without what is about processes; their memory as it works out. */
    private static Configuration settings(Path folder) {
        Configuration c = GlobalConfiguration.loadConfiguration("../flink-conf");
        for (String key : List.copyOf(c.keySet())) {
            if (key.startsWith("high-availability")
                    || key.startsWith("metrics.")
                    || key.startsWith("rest.")
                    || key.contains("memory.process")
                    || key.contains("memory.managed")
                    || key.startsWith("jobmanager.")
                    || key.endsWith("-host")
                    || key.endsWith(".host")) {
                c.removeKey(key);
            }
        }
        c.setString("taskmanager.memory.managed.size", "317m");
        c.setString("taskmanager.memory.network.min", "158m");
        c.setString("taskmanager.memory.network.max", "158m");
        c.setString(
                "execution.checkpointing.dir", folder.resolve("checkpoints").toUri().toString());
        c.setString(
                "execution.checkpointing.savepoint-dir",
                folder.resolve("savepoints").toUri().toString());
        c.setString("web.upload.dir", folder.resolve("jars").toString());
        return c;
    }

    private static StreamExecutionEnvironment environment(Path folder) {
        StreamExecutionEnvironment env =
                StreamExecutionEnvironment.getExecutionEnvironment(settings(folder));
        env.setParallelism(1);
        return env;
    }

    static StreamExecutionEnvironment orchestrator(Path folder, KafkaAddress address)
            throws Exception {
        StreamExecutionEnvironment env = environment(folder);
        OrchestratorOptions options =
                OrchestratorOptions.fromArgs(
                        new String[] {
                            "--kafka", address.bootstrapServers(),
                            "--clusterSecret", folder.resolve("cluster.secret").toString()
                        });
        OrchestratorJob.build(
                env,
                options,
                Tenure.take(options, settings(folder)),
                new OrchestratorStack.StampingClients(
                        new WorkerClients(options.kafka(), options.secret())));
        return env;
    }

    static JobClient started(StreamExecutionEnvironment env, String name) throws Exception {
        JobClient job = env.executeAsync(name);
        while (job.getJobStatus().get() != JobStatus.RUNNING) {
            TimeUnit.MILLISECONDS.sleep(50);
        }
        return job;
    }
}

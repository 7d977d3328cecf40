package org.livepeer.flink.jobs;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.util.MiniClusterWithClientResource;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.connectors.kafka.SecretFile;
import org.livepeer.flink.connectors.kafka.TopicAdmin;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.connectors.kafka.broker.EmbeddedKafka;
import org.livepeer.flink.connectors.kafka.client.ControlProducer;
import org.livepeer.flink.connectors.kafka.client.SegmentProducer;
import org.livepeer.flink.connectors.kafka.client.WorkerBeatProducer;
import org.livepeer.flink.jobs.orchestrator.OrchestratorJob;
import org.livepeer.flink.jobs.orchestrator.OrchestratorOptions;
import org.livepeer.flink.jobs.orchestrator.Tenure;
import org.livepeer.flink.operators.auth.ClusterSecret;
import org.livepeer.flink.operators.transcode.WorkerClient;
import org.livepeer.flink.schemas.WorkerHeartbeat;

/** A MiniCluster and the job in this process, and a broker: here too unless another is given. */
public final class OrchestratorRig implements AutoCloseable {
    public static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final int TASK_MANAGERS = 2;

    private final Path folder;
    private final Runnable stopBroker;
    private final MiniClusterWithClientResource flink;
    private final ScheduledExecutorService beats = Executors.newSingleThreadScheduledExecutor();
    public final KafkaAddress address;
    public final SecretFile secretFile;
    public final ClusterSecret secret;
    public final SegmentProducer pushes;
    public final ControlProducer control;

    public OrchestratorRig(Path folder) throws Exception {
        this(folder, EmbeddedKafka.start(folder.resolve("kafka"), 0));
    }

    private OrchestratorRig(Path folder, EmbeddedKafka broker) throws Exception {
        this(folder, broker.bootstrapServers(), broker::close);
    }

    /**
     * @param stopBroker is run at the end
     */
    public OrchestratorRig(Path folder, String bootstrapServers, Runnable stopBroker)
            throws Exception {
        this.folder = folder;
        this.stopBroker = stopBroker;
        address = new KafkaAddress(bootstrapServers, "");
        secretFile = SecretFile.orCreate(folder.resolve("cluster.secret"));
        secret = secretFile.secret();
        try (TopicAdmin admin = new TopicAdmin(address)) {
            admin.create(1, 1);
        }
        Configuration configuration = new Configuration();
        configuration.setString("state.backend.type", "rocksdb");
        configuration.setString("restart-strategy.type", "fixed-delay");
        configuration.setString("restart-strategy.fixed-delay.attempts", "200");
        configuration.setString("restart-strategy.fixed-delay.delay", "100 ms");
        flink =
                new MiniClusterWithClientResource(
                        new MiniClusterResourceConfiguration.Builder()
                                .setConfiguration(configuration)
                                .setNumberTaskManagers(TASK_MANAGERS)
                                .setNumberSlotsPerTaskManager(2)
                                .build());
        flink.before();
        pushes = new SegmentProducer(address);
        control = new ControlProducer(address, secret);
    }

    public OrchestratorOptions options(String... more) {
        String[] fixed = {
            "--kafka", address.bootstrapServers(),
            "--clusterSecret", folder.resolve("cluster.secret").toString()
        };
        String[] all = java.util.Arrays.copyOf(fixed, fixed.length + more.length);
        System.arraycopy(more, 0, all, fixed.length, more.length);
        return OrchestratorOptions.fromArgs(all);
    }

    /** Submits the job; from a savepoint when one is given. */
    public JobClient submit(
            OrchestratorOptions options,
            WorkerClient.Factory workers,
            int parallelism,
            String savepoint)
            throws Exception {
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
        env.setParallelism(parallelism);
        OrchestratorJob.build(env, options, Tenure.take(options, configuration), workers);
        JobClient job = env.executeAsync("orchestrator");
        while (job.getJobStatus().get() != JobStatus.RUNNING) {
            TimeUnit.MILLISECONDS.sleep(50);
        }
        return job;
    }

    public String stopWithSavepoint(JobClient job) throws Exception {
        return job.stopWithSavepoint(
                        false,
                        folder.resolve("savepoints").toUri().toString(),
                        SavepointFormatType.CANONICAL)
                .get(60, TimeUnit.SECONDS);
    }

    /** A worker that says it is there, each second. */
    public void announce(String workerId) {
        WorkerBeatProducer out = new WorkerBeatProducer(address, secret);
        AtomicLong number = new AtomicLong();
        long incarnation = System.currentTimeMillis();
        beats.scheduleAtFixedRate(
                () ->
                        out.accept(
                                WorkerHeartbeat.newBuilder()
                                        .setWorkerId(workerId)
                                        .setIncarnation(incarnation)
                                        .setBeat(number.getAndIncrement())
                                        .setAddress("127.0.0.1:1")
                                        .setHost("localhost")
                                        .setVersion("test")
                                        .setCapabilities(List.of("encode:h264"))
                                        .setCapacityPixelsPerSecond(1_000_000_000L)
                                        .setMaxSessions(100)
                                        .setSlots(50)
                                        .setSentAtMs(System.currentTimeMillis())
                                        .build()),
                0,
                1,
                TimeUnit.SECONDS);
    }

    public void grant(String account, long wei) {
        Ledgers.grant(control, account, wei);
    }

    public void push(String manifest, long seq) throws Exception {
        pushes.pushRaw(
                        manifest,
                        seq,
                        2_000,
                        "P240p30fps16x9,P144p30fps16x9",
                        ("media of " + seq).getBytes(java.nio.charset.StandardCharsets.UTF_8),
                        Map.of())
                .get(30, TimeUnit.SECONDS);
    }

    public Path folder() {
        return folder;
    }

    /** Times that the job was restarted since it was submitted. */
    public boolean wasRestarted(JobClient job) throws Exception {
        return flink.getMiniCluster()
                        .getExecutionGraph(job.getJobID())
                        .get(10, TimeUnit.SECONDS)
                        .getStatusTimestamp(JobStatus.RESTARTING)
                > 0;
    }

    /** Ends a TaskManager without a word and starts another. */
    public void loseTaskManager(int index) throws Exception {
        flink.getMiniCluster().terminateTaskManager(index).get(20, TimeUnit.SECONDS);
        flink.getMiniCluster().startTaskManager();
    }

    /** Ends every TaskManager without a word. */
    public void loseTaskManagers() throws Exception {
        for (int i = 0; i < TASK_MANAGERS; i++) {
            flink.getMiniCluster().terminateTaskManager(i).get(20, TimeUnit.SECONDS);
        }
    }

    /** Starts as many again. */
    public void bringTaskManagers() throws Exception {
        for (int i = 0; i < TASK_MANAGERS; i++) {
            flink.getMiniCluster().startTaskManager();
        }
    }

    public TopicTail tail(Topics topic) {
        return new TopicTail(address, topic);
    }

    @Override
    public void close() {
        beats.shutdownNow();
        pushes.close();
        control.close();
        flink.after();
        stopBroker.run();
    }
}

package org.livepeer.flink.jobs.node;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.jobs.chain.ChainJob;
import org.livepeer.flink.jobs.chain.ChainJobOptions;
import org.livepeer.flink.jobs.orchestrator.OrchestratorJob;
import org.livepeer.flink.jobs.orchestrator.OrchestratorOptions;
import org.livepeer.flink.jobs.orchestrator.Tenure;
import org.livepeer.flink.jobs.orchestrator.WorkerClients;
import org.livepeer.flink.jobs.settlement.SettlementJob;
import org.livepeer.flink.jobs.settlement.SettlementJobOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The orchestrator job on a cluster inside this process, with Flink's web UI. Its checkpoints stay
 * in the data folder; it resumes from the newest complete one.
 */
public final class EmbeddedFlink implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedFlink.class);

    private final JobClient job;

    private EmbeddedFlink(JobClient job) {
        this.job = job;
    }

    /**
     * Submits the job and waits until it runs.
     *
     * @param chain laid beside it in the same job; null off chain
     * @param settlement the same; null where another node settles, too
     */
    public static EmbeddedFlink start(
            OrchestratorOptions options,
            @Nullable ChainJobOptions chain,
            @Nullable SettlementJobOptions settlement,
            DataDir dataDir,
            int webPort,
            int parallelism)
            throws Exception {
        requireFree(webPort);
        Configuration configuration = configuration(dataDir, webPort);
        Optional<java.nio.file.Path> checkpoint = dataDir.newestCheckpoint();
        checkpoint.ifPresent(
                path -> {
                    LOG.info("resuming from checkpoint path={}", path);
                    configuration.setString(
                            "execution.state-recovery.path", path.toUri().toString());
                });
        if (chain == null || settlement == null) {
            // What they had may be there from an earlier start: Kafka and the chain have it, too.
            configuration.setString("execution.state-recovery.ignore-unclaimed-state", "true");
        }
        StreamExecutionEnvironment env =
                StreamExecutionEnvironment.createLocalEnvironmentWithWebUI(configuration);
        env.setParallelism(parallelism);
        Tenure tenure = Tenure.take(options, configuration);
        OrchestratorJob.build(
                env, options, tenure, new WorkerClients(options.kafka(), options.secret()));
        if (chain != null) {
            ChainJob.build(env, chain);
        }
        if (settlement != null) {
            SettlementJob.build(env, settlement);
        }
        JobClient job = env.executeAsync(OrchestratorJob.name(options.kafka().topicPrefix()));
        awaitRunning(job);
        return new EmbeddedFlink(job);
    }

    private static Configuration configuration(DataDir dataDir, int webPort) {
        Configuration c = new Configuration();
        c.setString("rest.bind-address", "127.0.0.1");
        c.setString("rest.address", "127.0.0.1");
        c.setString("rest.port", Integer.toString(webPort));
        c.setString("state.backend.type", "rocksdb");
        c.setString("execution.checkpointing.interval", "1 s");
        c.setString("execution.checkpointing.incremental", "true");
        c.setString(
                "execution.checkpointing.dir", dataDir.resolve("checkpoints").toUri().toString());
        c.setString(
                "execution.checkpointing.externalized-checkpoint-retention",
                "RETAIN_ON_CANCELLATION");
        // What an earlier process left is this one's to clean up.
        c.setString("execution.state-recovery.claim-mode", "CLAIM");
        c.setString("pipeline.generic-types", "false");
        c.setString("pipeline.auto-generate-uids", "false");
        c.setString("pipeline.object-reuse", "true");
        c.setString("execution.buffer-timeout.interval", "0 ms");
        c.setString("taskmanager.memory.network.min", "64m");
        c.setString("taskmanager.memory.network.max", "64m");
        c.setString("taskmanager.memory.managed.size", "96m");
        c.setString("restart-strategy.type", "exponential-delay");
        c.setString("restart-strategy.exponential-delay.initial-backoff", "100 ms");
        c.setString("restart-strategy.exponential-delay.max-backoff", "2 s");
        return c;
    }

    private static void awaitRunning(JobClient job) throws Exception {
        for (JobStatus status = job.getJobStatus().get();
                status != JobStatus.RUNNING;
                status = job.getJobStatus().get()) {
            if (status.isTerminalState()) {
                job.getJobExecutionResult().get();
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    private static void requireFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        } catch (IOException e) {
            throw new IllegalStateException(
                    "port "
                            + port
                            + " for Flink's web UI is taken: stop what listens there, or give"
                            + " -flinkPort",
                    e);
        }
    }

    /** Completes, exceptionally, when the job ended. */
    public java.util.concurrent.CompletableFuture<?> ended() {
        return job.getJobExecutionResult();
    }

    /** Cancels the job; its newest checkpoint stays for the next start. */
    @Override
    public void close() {
        try {
            job.cancel().get(10, TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException e) {
            LOG.debug("the job did not say that it was cancelled", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

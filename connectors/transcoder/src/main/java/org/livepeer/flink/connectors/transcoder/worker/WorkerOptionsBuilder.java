package org.livepeer.flink.connectors.transcoder.worker;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.storage.SegmentStore;
import org.livepeer.flink.operators.auth.ClusterSecret;
import org.livepeer.flink.operators.transcode.Transcoder;
import org.livepeer.flink.schemas.WorkerHeartbeat;

/** Collects {@link WorkerOptions}; what is not set has the default noted there or here. */
public final class WorkerOptionsBuilder {
    private final Transcoder engine;
    private final ClusterSecret secret;
    private final Path dataDir;
    private @Nullable String workerId;
    private String bindAddress = "127.0.0.1";
    private String host = "127.0.0.1";
    private int port;
    private int slots = 1;
    private int queue = -1;
    private int maxSessions = 10;
    private List<String> capabilities = List.of();
    private List<String> devices = List.of();
    private long capacityPixelsPerSecond;
    private @Nullable SegmentStore store;
    private long maxInlineAnswerBytes = 64L << 20;
    private Duration keepFor = Duration.ofSeconds(180);
    private long keepBytes = 2L << 30;
    private Consumer<WorkerHeartbeat> heartbeats = beat -> {};
    private Duration drainLimit = Duration.ofSeconds(10);
    private MeterRegistry meters = new CompositeMeterRegistry();
    private Clock clock = Clock.systemUTC();

    WorkerOptionsBuilder(Transcoder engine, ClusterSecret secret, Path dataDir) {
        this.engine = engine;
        this.secret = secret;
        this.dataDir = dataDir;
    }

    /** Default: made once and kept in the data directory. */
    public WorkerOptionsBuilder workerId(String id) {
        workerId = id;
        return this;
    }

    /** Default: 127.0.0.1. */
    public WorkerOptionsBuilder bindAddress(String address) {
        bindAddress = address;
        return this;
    }

    /** Default: 127.0.0.1. */
    public WorkerOptionsBuilder host(String name) {
        host = name;
        return this;
    }

    /** Default: any free one. */
    public WorkerOptionsBuilder port(int number) {
        port = number;
        return this;
    }

    /** Default: 1. */
    public WorkerOptionsBuilder slots(int count) {
        slots = count;
        return this;
    }

    /** Default: twice the slots. */
    public WorkerOptionsBuilder queue(int count) {
        queue = count;
        return this;
    }

    /** Default: 10, as in go-livepeer. */
    public WorkerOptionsBuilder maxSessions(int count) {
        maxSessions = count;
        return this;
    }

    public WorkerOptionsBuilder capabilities(List<String> names) {
        capabilities = names;
        return this;
    }

    public WorkerOptionsBuilder devices(List<String> names) {
        devices = names;
        return this;
    }

    public WorkerOptionsBuilder capacityPixelsPerSecond(long pixels) {
        capacityPixelsPerSecond = pixels;
        return this;
    }

    /** Default: none. */
    public WorkerOptionsBuilder store(@Nullable SegmentStore shared) {
        store = shared;
        return this;
    }

    /** Default: 64 MiB. */
    public WorkerOptionsBuilder maxInlineAnswerBytes(long bytes) {
        maxInlineAnswerBytes = bytes;
        return this;
    }

    /** Default: 180 s. */
    public WorkerOptionsBuilder keepFor(Duration time) {
        keepFor = time;
        return this;
    }

    /** Default: 2 GiB. */
    public WorkerOptionsBuilder keepBytes(long bytes) {
        keepBytes = bytes;
        return this;
    }

    public WorkerOptionsBuilder heartbeats(Consumer<WorkerHeartbeat> consumer) {
        heartbeats = consumer;
        return this;
    }

    /** Default: 10 s. */
    public WorkerOptionsBuilder drainLimit(Duration time) {
        drainLimit = time;
        return this;
    }

    /** Default: nowhere. */
    public WorkerOptionsBuilder meters(MeterRegistry registry) {
        meters = registry;
        return this;
    }

    public WorkerOptionsBuilder clock(Clock source) {
        clock = source;
        return this;
    }

    /**
     * The options, checked.
     *
     * @throws IllegalArgumentException names the option, its value and the rule
     */
    public WorkerOptions build() {
        return new WorkerOptions(
                workerId,
                bindAddress,
                host,
                port,
                slots,
                queue < 0 ? 2 * slots : queue,
                maxSessions,
                capabilities,
                devices,
                capacityPixelsPerSecond,
                engine,
                store,
                maxInlineAnswerBytes,
                dataDir,
                keepFor,
                keepBytes,
                secret,
                heartbeats,
                drainLimit,
                meters,
                clock);
    }
}

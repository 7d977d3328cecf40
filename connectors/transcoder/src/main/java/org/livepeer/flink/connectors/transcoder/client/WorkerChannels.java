package org.livepeer.flink.connectors.transcoder.client;

import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.livepeer.flink.connectors.transcoder.worker.CallMetadata;

/**
 * One channel a worker address: opened with the first call, closed when unused for a while. A
 * channel that failed is replaced, because gRPC would refuse calls for its growing back-off while a
 * restarted worker already listens. Thread-safe.
 */
final class WorkerChannels {
    private static final long UNUSED_NANOS = TimeUnit.MINUTES.toNanos(3);
    private static final int CONNECT_TIMEOUT_MS = 2000;
    private static final long CLOSE_LIMIT_MS = 500;

    private final Executor executor;
    private final LongSupplier nanoTime;
    private final Map<String, Lease> channels = new HashMap<>();
    private boolean closed;

    WorkerChannels(Executor executor, LongSupplier nanoTime) {
        this.executor = executor;
        this.nanoTime = nanoTime;
    }

    /** A channel and how many calls use it. */
    final class Lease {
        private final String address;
        private final ManagedChannel channel;
        private int calls;
        private long usedAt;

        private Lease(String address, ManagedChannel channel) {
            this.address = address;
            this.channel = channel;
        }

        ManagedChannel channel() {
            return channel;
        }

        /** The call is over. */
        void release(boolean workerGone) {
            synchronized (WorkerChannels.this) {
                calls--;
                usedAt = nanoTime.getAsLong();
                if (workerGone && channels.remove(address, this)) {
                    channel.shutdown();
                }
            }
        }
    }

    /**
     * The channel for one call, to be released after it.
     *
     * @throws IllegalArgumentException when the address is no host:port
     * @throws IllegalStateException when closed
     */
    synchronized Lease take(String address) {
        if (closed) {
            throw new IllegalStateException("the client is closed");
        }
        Lease lease = channels.get(address);
        if (lease == null) {
            lease = new Lease(address, open(address));
            channels.put(address, lease);
        }
        lease.calls++;
        return lease;
    }

    /** Closes what has not been used for a while. */
    synchronized void sweep() {
        long now = nanoTime.getAsLong();
        Iterator<Lease> leases = channels.values().iterator();
        while (leases.hasNext()) {
            Lease lease = leases.next();
            if (lease.calls == 0 && now - lease.usedAt > UNUSED_NANOS) {
                leases.remove();
                lease.channel.shutdown();
            }
        }
    }

    synchronized int size() {
        return channels.size();
    }

    /** Ends every call; waits a little until the channels have let go of the executor. */
    void close() {
        List<Lease> open;
        synchronized (this) {
            closed = true;
            open = List.copyOf(channels.values());
            channels.clear();
        }
        open.forEach(lease -> lease.channel.shutdownNow());
        try {
            for (Lease lease : open) {
                lease.channel.awaitTermination(CLOSE_LIMIT_MS, TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private ManagedChannel open(String address) {
        int colon = address.lastIndexOf(':');
        String digits = address.substring(colon + 1);
        int port = digits.matches("[0-9]{1,5}") ? Integer.parseInt(digits) : 0;
        if (colon < 1 || port < 1 || port > 65535) {
            throw new IllegalArgumentException(
                    "the worker's address is " + address + ", it must be host:port");
        }
        return NettyChannelBuilder.forAddress(address.substring(0, colon), port)
                .usePlaintext()
                .executor(executor)
                .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MS)
                .keepAliveTime(10, TimeUnit.SECONDS)
                .keepAliveTimeout(5, TimeUnit.SECONDS)
                .maxInboundMessageSize(CallMetadata.MAX_MESSAGE_BYTES)
                .flowControlWindow(CallMetadata.FLOW_CONTROL_WINDOW)
                .disableRetry()
                .disableServiceConfigLookUp()
                .proxyDetector(target -> null)
                .build();
    }
}

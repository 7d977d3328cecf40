package org.livepeer.flink.connectors.transcoder.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Channels are lazy: none of these connects. */
class WorkerChannelsTest {
    private final AtomicLong nanos = new AtomicLong();
    private final WorkerChannels channels = new WorkerChannels(Runnable::run, nanos::get);

    @AfterEach
    void close() {
        channels.close();
    }

    @Test
    void callsToOneAddressShareAChannel() {
        WorkerChannels.Lease first = channels.take("127.0.0.1:1");

        assertThat(channels.take("127.0.0.1:1").channel()).isSameAs(first.channel());
        assertThat(channels.take("127.0.0.1:2").channel()).isNotSameAs(first.channel());
    }

    @Test
    void unusedChannelIsClosedAfterMinutesAndAUsedOneIsNot() {
        WorkerChannels.Lease used = channels.take("127.0.0.1:1");
        WorkerChannels.Lease unused = channels.take("127.0.0.1:2");
        unused.release(false);
        nanos.set(TimeUnit.MINUTES.toNanos(3));
        channels.sweep();
        assertThat(channels.size()).isEqualTo(2);

        nanos.incrementAndGet();
        channels.sweep();

        assertThat(unused.channel().isShutdown()).isTrue();
        assertThat(used.channel().isShutdown()).isFalse();
    }

    @Test
    void channelOfAWorkerThatWentIsReplaced() {
        WorkerChannels.Lease first = channels.take("127.0.0.1:1");
        first.release(true);

        assertThat(first.channel().isShutdown()).isTrue();
        assertThat(channels.take("127.0.0.1:1").channel()).isNotSameAs(first.channel());
    }
}

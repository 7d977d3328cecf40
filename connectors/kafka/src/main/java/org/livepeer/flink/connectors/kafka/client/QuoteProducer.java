package org.livepeer.flink.connectors.kafka.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Properties;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.operators.auth.ClusterSecret;
import org.livepeer.flink.operators.log.Repeats;
import org.livepeer.flink.schemas.PriceQuoted;
import org.livepeer.flink.schemas.RecordCodec;
import org.slf4j.LoggerFactory;

/**
 * Writes down how prices came to be, signed, beside the answer: no gateway waits for it, and what
 * Kafka does not take in time is lost and counted.
 */
public final class QuoteProducer implements AutoCloseable {
    private static final Repeats REPEATS =
            new Repeats(LoggerFactory.getLogger(QuoteProducer.class));
    private static final int WAITING = 1_000;

    private final KafkaAddress address;
    private final ClusterSecret secret;
    private final KafkaProducer<byte[], byte[]> producer;
    private final AtomicLong lost = new AtomicLong();
    private final ThreadPoolExecutor writer =
            new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(WAITING));

    public QuoteProducer(KafkaAddress address, ClusterSecret secret) {
        this.address = address;
        this.secret = secret;
        Properties patience = new Properties();
        patience.setProperty("max.block.ms", "5000");
        this.producer = Producers.of(address, patience);
    }

    /** Returns at once. */
    public void send(PriceQuoted quote) {
        try {
            writer.execute(() -> write(quote));
        } catch (RejectedExecutionException e) {
            lost("too many wait");
        }
    }

    private void write(PriceQuoted quote) {
        byte[] key = quote.getSessionId().getBytes(UTF_8);
        byte[] value = RecordCodec.of(PriceQuoted.class).encode(quote);
        Producers.send(producer, Producers.signed(address, Topics.QUOTES, key, value, secret))
                .whenComplete(
                        (where, failure) -> {
                            if (failure != null) {
                                lost(failure.toString());
                            }
                        });
    }

    private void lost(String why) {
        lost.incrementAndGet();
        REPEATS.warn("quote not written down, its session goes on cause={}", why);
    }

    /** How many were lost. */
    public long lost() {
        return lost.get();
    }

    @Override
    public void close() {
        writer.shutdown();
        try {
            if (!writer.awaitTermination(5, TimeUnit.SECONDS)) {
                writer.shutdownNow();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        producer.close(java.time.Duration.ofSeconds(5));
    }
}

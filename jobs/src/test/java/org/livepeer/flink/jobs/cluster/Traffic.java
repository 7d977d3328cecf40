package org.livepeer.flink.jobs.cluster;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.livepeer.flink.connectors.kafka.KafkaAddress;

/** Sends numbered records to one topic and listens on another, until closed. */
final class Traffic implements AutoCloseable {
    private static final int KEYS = 8;

    private final KafkaProducer<String, String> producer;
    private final KafkaConsumer<String, String> consumer;
    private final String in;
    private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
    private final Map<String, Long> counts = new ConcurrentHashMap<>();
    private final AtomicLong longestGapMs = new AtomicLong();
    private final AtomicLong disagreements = new AtomicLong();
    private final Thread sender = new Thread(this::send, "traffic-send");
    private final Thread listener = new Thread(this::listen, "traffic-listen");
    private volatile boolean sending = true;
    private volatile boolean listening = true;

    Traffic(KafkaAddress kafka, String in, String out) {
        this.in = in;
        Properties sends = kafka.producerProperties();
        producer = new KafkaProducer<>(sends, new StringSerializer(), new StringSerializer());
        Properties reads = kafka.consumerProperties();
        reads.setProperty("group.id", "traffic");
        reads.setProperty("auto.offset.reset", "earliest");
        consumer = new KafkaConsumer<>(reads, new StringDeserializer(), new StringDeserializer());
        consumer.subscribe(List.of(out));
        sender.start();
        listener.start();
    }

    /** Records that Kafka has. */
    int sent() {
        return acknowledged.size();
    }

    /** Different records that came out. */
    int answered() {
        return counts.size();
    }

    /** Records that came out a second time with another count: state that was lost or doubled. */
    long disagreements() {
        return disagreements.get();
    }

    boolean allAnswered() {
        return counts.keySet().containsAll(acknowledged);
    }

    /** Whether each key's counts are 1, 2, 3 without a hole. */
    boolean countsAreWhole() {
        for (int key = 0; key < KEYS; key++) {
            String prefix = key + ":";
            List<Long> of =
                    counts.entrySet().stream()
                            .filter(e -> e.getKey().startsWith(prefix))
                            .map(Map.Entry::getValue)
                            .sorted()
                            .toList();
            for (int i = 0; i < of.size(); i++) {
                if (of.get(i) != i + 1) {
                    return false;
                }
            }
        }
        return true;
    }

    /** The longest time between two new results since the last call, in ms. */
    long takeLongestGapMs() {
        return longestGapMs.getAndSet(0);
    }

    void stopSending() {
        sending = false;
        join(sender);
        producer.flush();
    }

    private void send() {
        for (int number = 0; sending; number++) {
            String value = number % KEYS + ":" + number;
            String key = Integer.toString(number % KEYS);
            producer.send(
                    new ProducerRecord<>(in, key, value),
                    (metadata, failure) -> {
                        if (failure == null) {
                            acknowledged.add(value);
                        }
                    });
            try {
                Thread.sleep(25);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void listen() {
        long last = 0;
        while (listening) {
            for (var record : consumer.poll(Duration.ofMillis(50))) {
                int colon = record.value().lastIndexOf(':');
                long count = Long.parseLong(record.value().substring(colon + 1));
                Long before = counts.putIfAbsent(record.value().substring(0, colon), count);
                if (before == null) {
                    long now = System.nanoTime() / 1_000_000;
                    long gap = last == 0 ? 0 : now - last;
                    longestGapMs.accumulateAndGet(gap, Math::max);
                    last = now;
                } else if (before != count) {
                    disagreements.incrementAndGet();
                }
            }
        }
    }

    @Override
    public void close() {
        sending = false;
        listening = false;
        join(sender);
        join(listener);
        producer.close(Duration.ofSeconds(1));
        consumer.close();
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

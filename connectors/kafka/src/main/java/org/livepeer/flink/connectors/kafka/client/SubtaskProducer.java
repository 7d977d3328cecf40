package org.livepeer.flink.connectors.kafka.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Properties;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.operators.auth.ClusterSecret;
import org.livepeer.flink.operators.auth.SecretSource;
import org.livepeer.flink.operators.log.Repeats;
import org.livepeer.flink.operators.segment.HeldMedia;
import org.livepeer.flink.operators.work.Announcer;
import org.livepeer.flink.schemas.RecordCodec;
import org.livepeer.flink.schemas.WorkSubtask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes on {@code subtasks}, signed, under which names this host is known. */
public final class SubtaskProducer implements Announcer {
    private static final Logger LOG = LoggerFactory.getLogger(SubtaskProducer.class);
    private static final Repeats REPEATS = new Repeats(LOG);

    private final KafkaAddress address;
    private final ClusterSecret secret;
    private @Nullable Thread thread;

    public SubtaskProducer(KafkaAddress address, ClusterSecret secret) {
        this.address = address;
        this.secret = secret;
    }

    /** What makes one in the process of a subtask. */
    public record Factory(KafkaAddress address, SecretSource secret) implements Announcer.Factory {
        @Override
        public Announcer create() {
            return new SubtaskProducer(address, secret.secret());
        }
    }

    /** On a thread of its own: a subtask that starts must not wait for a producer. */
    @Override
    public void announce(int subtask, int parallelism) {
        Thread announcing =
                new Thread(() -> send(subtask, parallelism), "announce-subtask-" + subtask);
        announcing.setDaemon(true);
        announcing.start();
        thread = announcing;
    }

    private void send(int subtask, int parallelism) {
        Properties properties = new Properties();
        properties.setProperty("max.block.ms", "30000");
        try (KafkaProducer<byte[], byte[]> producer = Producers.of(address, properties)) {
            WorkSubtask record =
                    new WorkSubtask(
                            subtask,
                            parallelism,
                            names(),
                            System.currentTimeMillis(),
                            HeldMedia.here().process());
            byte[] key = ("subtask-" + subtask).getBytes(UTF_8);
            byte[] value = RecordCodec.of(WorkSubtask.class).encode(record);
            producer.send(Producers.signed(address, Topics.SUBTASKS, key, value, secret)).get();
        } catch (ExecutionException | RuntimeException e) {
            REPEATS.warn("place not announced subtask={} cause={}", subtask, e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Names and addresses of this host, loopback too: a worker that listens there is beside us. */
    private static List<String> names() {
        TreeSet<String> names = new TreeSet<>(List.of("localhost"));
        try {
            names.add(InetAddress.getLocalHost().getHostName());
        } catch (UnknownHostException e) {
            LOG.debug("this host has no name", e);
        }
        try {
            NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .map(a -> a.getHostAddress().replaceFirst("%.*", ""))
                    .forEach(names::add);
        } catch (SocketException e) {
            LOG.debug("this host does not tell its addresses", e);
        }
        return List.copyOf(names);
    }

    @Override
    public void close() {
        Thread announcing = thread;
        if (announcing != null) {
            announcing.interrupt();
        }
    }
}

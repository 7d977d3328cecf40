package org.livepeer.flink.connectors.kafka.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.TreeSet;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.operators.auth.ClusterSecret;
import org.livepeer.flink.operators.auth.SecretSource;
import org.livepeer.flink.operators.work.Announcer;
import org.livepeer.flink.schemas.RecordCodec;
import org.livepeer.flink.schemas.WorkSubtask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes on {@code subtasks}, signed, under which names this host is known. */
public final class SubtaskProducer implements Announcer {
    private static final Logger LOG = LoggerFactory.getLogger(SubtaskProducer.class);

    private final KafkaAddress address;
    private final ClusterSecret secret;
    private final KafkaProducer<byte[], byte[]> producer;

    public SubtaskProducer(KafkaAddress address, ClusterSecret secret) {
        this.address = address;
        this.secret = secret;
        Properties properties = new Properties();
        properties.setProperty("max.block.ms", "5000");
        producer = Producers.of(address, properties);
    }

    /** What makes one in the process of a subtask. */
    public record Factory(KafkaAddress address, SecretSource secret) implements Announcer.Factory {
        @Override
        public Announcer create() {
            return new SubtaskProducer(address, secret.secret());
        }
    }

    @Override
    public void announce(int subtask, int parallelism) {
        WorkSubtask record =
                new WorkSubtask(subtask, parallelism, names(), System.currentTimeMillis());
        byte[] key = ("subtask-" + subtask).getBytes(UTF_8);
        byte[] value = RecordCodec.of(WorkSubtask.class).encode(record);
        try {
            producer.send(
                    Producers.signed(address, Topics.SUBTASKS, key, value, secret),
                    (where, error) -> warn(subtask, error));
        } catch (RuntimeException e) {
            warn(subtask, e);
        }
    }

    private static void warn(int subtask, @org.jspecify.annotations.Nullable Exception error) {
        if (error != null) {
            LOG.warn("place of subtask={} not announced: {}", subtask, error.toString());
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
        producer.close(Duration.ofSeconds(1));
    }
}

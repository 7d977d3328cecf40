package org.livepeer.flink.jobs.cluster;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.stream.Collectors;
import org.livepeer.flink.connectors.kafka.Topics;

/** The settings of brokers that are controllers too, all on loopback. */
final class BrokerConf {
    /**
     * A broker's ports.
     *
     * @param id from 1
     */
    record Node(int id, int port, int controllerPort) {}

    private BrokerConf() {}

    static String bootstrapServers(List<Node> nodes) {
        return nodes.stream()
                .map(node -> "127.0.0.1:" + node.port())
                .collect(Collectors.joining(","));
    }

    /** Writes server.properties into the folder; data lies beside it. */
    static Path write(Path folder, Node node, List<Node> all) {
        Path file = folder.resolve("server.properties");
        try {
            Files.createDirectories(folder);
            try (OutputStream out = Files.newOutputStream(file)) {
                properties(folder.resolve("data"), node, all).store(out, null);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
        return file;
    }

    private static Properties properties(Path data, Node node, List<Node> all) {
        Properties p = new Properties();
        String copies = Integer.toString(Math.min(3, all.size()));
        String inSync = Integer.toString(all.size() >= 3 ? 2 : 1);
        p.setProperty("process.roles", "broker,controller");
        p.setProperty("node.id", Integer.toString(node.id()));
        p.setProperty(
                "controller.quorum.voters",
                all.stream()
                        .map(n -> n.id() + "@127.0.0.1:" + n.controllerPort())
                        .collect(Collectors.joining(",")));
        String client = "PLAINTEXT://127.0.0.1:" + node.port();
        p.setProperty("listeners", client + ",CONTROLLER://127.0.0.1:" + node.controllerPort());
        p.setProperty("advertised.listeners", client);
        p.setProperty("controller.listener.names", "CONTROLLER");
        p.setProperty("inter.broker.listener.name", "PLAINTEXT");
        p.setProperty("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        p.setProperty("log.dirs", data.toString());
        p.setProperty("default.replication.factor", copies);
        p.setProperty("min.insync.replicas", inSync);
        p.setProperty("offsets.topic.replication.factor", copies);
        p.setProperty("offsets.topic.num.partitions", "1");
        p.setProperty("transaction.state.log.replication.factor", copies);
        p.setProperty("transaction.state.log.min.isr", inSync);
        p.setProperty("transaction.state.log.num.partitions", "4");
        p.setProperty("group.initial.rebalance.delay.ms", "0");
        p.setProperty("auto.create.topics.enable", "false");
        p.setProperty(
                "message.max.bytes", Integer.toString(Topics.MAX_MEDIA_RECORD_BYTES + (1 << 20)));
        // Nothing moves until a dead broker's session ends, and it cannot come back before.
        p.setProperty("broker.session.timeout.ms", "1500");
        p.setProperty("broker.heartbeat.interval.ms", "250");
        p.setProperty("replica.fetch.backoff.ms", "100");
        p.setProperty("controller.quorum.fetch.timeout.ms", "1000");
        p.setProperty("controller.quorum.election.timeout.ms", "500");
        p.setProperty("controller.quorum.election.backoff.max.ms", "250");
        p.setProperty("controller.quorum.request.timeout.ms", "1000");
        p.setProperty("num.network.threads", "2");
        p.setProperty("num.io.threads", "4");
        p.setProperty("log.cleaner.dedupe.buffer.size", Integer.toString(16 << 20));
        p.setProperty("log.segment.bytes", Integer.toString(128 << 20));
        return p;
    }
}

package org.livepeer.flink.jobs.chain;

import java.io.Serializable;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeSet;
import org.apache.flink.util.ParameterTool;
import org.livepeer.flink.connectors.ethereum.chain.ChainOptions;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.connectors.kafka.SecretFile;
import org.livepeer.flink.operators.auth.SecretSource;

/**
 * What the chain job is told.
 *
 * @param kafka where its topics are
 * @param secret the cluster secret, a file on every host
 * @param chain which chain, and from where on
 * @param recipient 0x and 40 hex digits: whose claims on reserves are counted by themselves
 */
public record ChainJobOptions(
        KafkaAddress kafka, SecretSource secret, ChainOptions chain, String recipient)
        implements Serializable {
    /** Pause between questions for a new block, ms. */
    public static final long POLL_MS = 500;

    private static final List<String> KNOWN =
            List.of(
                    "kafka",
                    "topicPrefix",
                    "kafkaConfig",
                    "clusterSecret",
                    "ethUrl",
                    "ethController",
                    "fromBlock",
                    "recipient");

    public ChainJobOptions {
        if (!recipient.matches("0x[0-9a-fA-F]{40}")) {
            throw new IllegalArgumentException(
                    "recipient '" + recipient + "' must be 0x and 40 hex digits");
        }
    }

    /** 20 bytes. */
    byte[] recipientBytes() {
        return HexFormat.of().parseHex(recipient.substring(2));
    }

    /**
     * Reads the job's arguments.
     *
     * @throws IllegalArgumentException naming the argument, its value and the rule
     */
    public static ChainJobOptions fromArgs(String[] args) {
        ParameterTool given = ParameterTool.fromArgs(args);
        TreeSet<String> unknown = new TreeSet<>(given.toMap().keySet());
        unknown.removeAll(KNOWN);
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException(
                    "unknown arguments "
                            + unknown
                            + " in "
                            + Arrays.asList(args)
                            + "; known are "
                            + KNOWN);
        }
        return new ChainJobOptions(
                new KafkaAddress(
                        given.get("kafka", "127.0.0.1:9092"),
                        given.get("topicPrefix", ""),
                        given.get("kafkaConfig", "")),
                new SecretFile(Path.of(given.getRequired("clusterSecret"))),
                new ChainOptions(
                        given.getRequired("ethUrl"),
                        given.getRequired("ethController"),
                        given.getLong("fromBlock", 0),
                        POLL_MS),
                given.getRequired("recipient"));
    }
}

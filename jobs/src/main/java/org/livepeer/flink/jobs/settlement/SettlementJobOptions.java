package org.livepeer.flink.jobs.settlement;

import java.io.Serializable;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeSet;
import org.apache.flink.util.ParameterTool;
import org.livepeer.flink.connectors.ethereum.keys.KeySigner;
import org.livepeer.flink.connectors.ethereum.keys.RemoteSigner;
import org.livepeer.flink.connectors.ethereum.settle.RpcSettlementChain;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.connectors.kafka.SecretFile;
import org.livepeer.flink.operators.auth.SecretSource;
import org.livepeer.flink.operators.settlement.SettlementChain;
import org.livepeer.flink.operators.settlement.SettlementOptions;
import org.livepeer.flink.operators.settlement.TransactionSigner;
import org.livepeer.flink.operators.ticket.EthAddress;

/**
 * What the settlement job is told.
 *
 * @param kafka where its topics are
 * @param secret the cluster secret, a file on every host
 * @param account 20 bytes: who sends, and pays for gas
 * @param settlement the rules' options
 * @param chain opens the node of the chain
 * @param key opens the account's key
 */
public record SettlementJobOptions(
        KafkaAddress kafka,
        SecretSource secret,
        byte[] account,
        SettlementOptions settlement,
        SettlementChain.Factory chain,
        TransactionSigner.Factory key)
        implements Serializable {
    private static final long LOOK_MS = 500;
    private static final List<String> KNOWN =
            List.of(
                    "kafka",
                    "topicPrefix",
                    "kafkaConfig",
                    "clusterSecret",
                    "ethUrl",
                    "ethController",
                    "ethKeystorePath",
                    "ethPassword",
                    "ethAcctAddr",
                    "ethSignerUrl",
                    "recipient",
                    "confirmations",
                    "maxGasPrice",
                    "txTimeout",
                    "maxBatch",
                    "reward",
                    "initializeRound");

    /** 0x and 40 digits in lower case. */
    public String accountName() {
        return EthAddress.of(account).lower();
    }

    /**
     * Reads the job's arguments.
     *
     * @throws IllegalArgumentException naming the argument, its value and the rule
     */
    public static SettlementJobOptions fromArgs(String[] args) {
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
        EthAddress account = address("ethAcctAddr", given.getRequired("ethAcctAddr"));
        EthAddress recipient = address("recipient", given.get("recipient", account.lower()));
        int confirmations = given.getInt("confirmations", SettlementOptions.CONFIRMATIONS);
        return new SettlementJobOptions(
                new KafkaAddress(
                        given.get("kafka", "127.0.0.1:9092"),
                        given.get("topicPrefix", ""),
                        given.get("kafkaConfig", "")),
                new SecretFile(Path.of(given.getRequired("clusterSecret"))),
                account.bytes(),
                new SettlementOptions(
                        recipient.bytes(),
                        confirmations,
                        new BigInteger(given.get("maxGasPrice", "0")),
                        given.getLong("txTimeout", 60_000),
                        given.getInt("maxBatch", 50),
                        given.getBoolean("reward", true) && recipient.equals(account),
                        given.getBoolean("initializeRound", false),
                        LOOK_MS),
                new RpcSettlementChain.Factory(
                        given.getRequired("ethUrl"),
                        given.getRequired("ethController"),
                        account.lower(),
                        recipient.lower(),
                        confirmations),
                key(given, account));
    }

    private static TransactionSigner.Factory key(ParameterTool given, EthAddress account) {
        String url = given.get("ethSignerUrl", "");
        return url.isEmpty()
                ? new KeySigner.Factory(
                        given.getRequired("ethKeystorePath"),
                        account.lower(),
                        given.getRequired("ethPassword"))
                : new RemoteSigner.Factory(url, account.lower());
    }

    private static EthAddress address(String name, String text) {
        if (!text.matches("0x[0-9a-fA-F]{40}")) {
            throw new IllegalArgumentException(
                    name + " '" + text + "' must be 0x and 40 hex digits");
        }
        return EthAddress.of(HexFormat.of().parseHex(text.substring(2)));
    }
}

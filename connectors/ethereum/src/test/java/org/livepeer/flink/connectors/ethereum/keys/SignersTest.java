package org.livepeer.flink.connectors.ethereum.keys;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.livepeer.flink.connectors.ethereum.rpc.EthRpc;
import org.livepeer.flink.connectors.ethereum.rpc.ScriptedNode;
import org.livepeer.flink.operators.settlement.TransactionSigner;
import org.livepeer.flink.operators.settlement.TransactionSigner.Unsigned;
import org.livepeer.flink.operators.ticket.EthAddress;
import org.web3j.crypto.SignedRawTransaction;
import org.web3j.crypto.TransactionDecoder;
import org.web3j.crypto.transaction.type.Transaction1559;

/** Signatures of transactions, of a key here and of one elsewhere. */
class SignersTest {
    private static final EthAddress TO = EthAddress.parse("0x" + "5".repeat(40));
    private static final Unsigned ASKED = unsigned(42161, 7, 300_000, 90, 3, TO, 12, "call");

    @TempDir Path folder;

    private static Unsigned unsigned(
            long chain,
            long nonce,
            long gas,
            long most,
            long tip,
            EthAddress to,
            long wei,
            String data) {
        return new Unsigned(
                chain,
                nonce,
                gas,
                BigInteger.valueOf(most),
                BigInteger.valueOf(tip),
                to,
                BigInteger.valueOf(wei),
                data.getBytes(UTF_8));
    }

    private static AccountKey key(int number) {
        byte[] key = new byte[32];
        key[31] = (byte) number;
        return new AccountKey(key);
    }

    @Test
    void aSignedTransactionIsWhatOthersReadInIt() throws Exception {
        byte[] raw = new KeySigner(key(1)).sign(ASKED);
        SignedRawTransaction read =
                (SignedRawTransaction) TransactionDecoder.decode(EthRpc.hex(raw));
        Transaction1559 fields = (Transaction1559) read.getTransaction();
        assertThat(EthAddress.parse(read.getFrom())).isEqualTo(key(1).address());
        assertThat(fields.getChainId()).isEqualTo(42161);
        assertThat(fields.getNonce()).isEqualTo(7);
        assertThat(fields.getGasLimit()).isEqualTo(300_000);
        assertThat(fields.getMaxFeePerGas()).isEqualTo(90);
        assertThat(fields.getMaxPriorityFeePerGas()).isEqualTo(3);
        assertThat(fields.getTo()).isEqualTo(TO.lower());
        assertThat(fields.getValue()).isEqualTo(12);
        assertThat(fields.getData().replaceFirst("^0x", "")).isEqualTo("63616c6c");
        assertThat(raw[0]).isEqualTo((byte) 2);
        assertThat(new KeySigner(key(1)).sign(ASKED)).as("the same each time").isEqualTo(raw);
    }

    @Test
    void aKeystoreIsOpenedWhereTheJobRuns() throws Exception {
        byte[] key = new byte[32];
        key[31] = 9;
        Path file = KeyStore.write(folder.resolve("keys"), key, "a passphrase");
        Path passphrase = Files.writeString(folder.resolve("passphrase"), "a passphrase\n");
        KeySigner.Factory factory =
                new KeySigner.Factory(
                        file.toString(), key(9).address().lower(), passphrase.toString());
        TransactionSigner signer = factory.open();
        assertThat(signer.account()).isEqualTo(key(9).address());
        assertThat(signer.sign(ASKED)).isEqualTo(new KeySigner(key(9)).sign(ASKED));
        assertThat(factory.toString() + signer).doesNotContain("a passphrase");
    }

    private static byte[] signRemotely(Object said) throws Exception {
        return signRemotely(said, new AtomicReference<>());
    }

    private static byte[] signRemotely(Object said, AtomicReference<JsonNode> asked)
            throws Exception {
        try (ScriptedNode node =
                new ScriptedNode(
                        (method, parameters) -> {
                            asked.set(parameters.path(0));
                            return method.equals("eth_signTransaction") ? said : "";
                        })) {
            EthRpc rpc = new EthRpc(List.of(node.uri()), Duration.ofSeconds(5));
            return new RemoteSigner(rpc, key(1).address()).sign(ASKED);
        }
    }

    @Test
    void whatIsSignedElsewhereIsUsedAsItIs() throws Exception {
        byte[] raw = new KeySigner(key(1)).sign(ASKED);
        AtomicReference<JsonNode> asked = new AtomicReference<>();
        assertThat(signRemotely(EthRpc.hex(raw), asked)).isEqualTo(raw);
        assertThat(signRemotely(Map.of("raw", EthRpc.hex(raw), "tx", Map.of()))).isEqualTo(raw);
        JsonNode question = asked.get();
        assertThat(question.path("from").asText()).isEqualTo(key(1).address().lower());
        assertThat(question.path("chainId").asText()).isEqualTo("0xa4b1");
        assertThat(question.path("nonce").asText()).isEqualTo("0x7");
        assertThat(question.path("maxFeePerGas").asText()).isEqualTo("0x5a");
        assertThat(question.path("data").asText()).isEqualTo("0x63616c6c");
    }

    static Stream<Unsigned> others() {
        EthAddress elsewhere = EthAddress.parse("0x" + "6".repeat(40));
        return Stream.of(
                unsigned(1, 7, 300_000, 90, 3, TO, 12, "call"),
                unsigned(42161, 8, 300_000, 90, 3, TO, 12, "call"),
                unsigned(42161, 7, 300_001, 90, 3, TO, 12, "call"),
                unsigned(42161, 7, 300_000, 91, 3, TO, 12, "call"),
                unsigned(42161, 7, 300_000, 90, 4, TO, 12, "call"),
                unsigned(42161, 7, 300_000, 90, 3, elsewhere, 12, "call"),
                unsigned(42161, 7, 300_000, 90, 3, TO, 13, "call"),
                unsigned(42161, 7, 300_000, 90, 3, TO, 12, "cell"));
    }

    @ParameterizedTest
    @MethodSource("others")
    void anotherTransactionThanAskedForIsNotUsed(Unsigned other) {
        String raw = EthRpc.hex(new KeySigner(key(1)).sign(other));
        assertThatThrownBy(() -> signRemotely(raw))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("another transaction");
    }

    @Test
    void anotherKeyThanTheAccountsIsNotUsed() {
        String raw = EthRpc.hex(new KeySigner(key(2)).sign(ASKED));
        assertThatThrownBy(() -> signRemotely(raw))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("another key");
    }

    @Test
    void whatIsNoTransactionIsNotUsed() {
        byte[] raw = new KeySigner(key(1)).sign(ASKED);
        List<Object> all =
                List.of(
                        "",
                        "0x",
                        "0x02",
                        "no",
                        EthRpc.hex(raw).substring(0, 80),
                        EthRpc.hex(raw) + "00",
                        Map.of("tx", Map.of()),
                        new ScriptedNode.Refusal(-32000, "denied", ""));
        for (Object each : all) {
            assertThatThrownBy(() -> signRemotely(each))
                    .as("" + each)
                    .isInstanceOf(IOException.class);
        }
    }
}

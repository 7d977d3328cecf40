package org.livepeer.flink.connectors.ethereum.settle;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.livepeer.flink.connectors.ethereum.rpc.EthRpc;
import org.livepeer.flink.connectors.ethereum.rpc.RpcException;
import org.livepeer.flink.connectors.ethereum.rpc.ScriptedNode;
import org.livepeer.flink.connectors.ethereum.rpc.ScriptedNode.Refusal;
import org.livepeer.flink.operators.settlement.SettlementChain.Mined;
import org.livepeer.flink.operators.settlement.SettlementChain.Redeemable;
import org.livepeer.flink.operators.ticket.EthAddress;
import org.livepeer.flink.operators.ticket.Ticket;

/** What the network's contracts took, said and logged on a local chain. */
class ContractsParityTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TRANSFER =
            "0x8b87351a208c06e3ceee59d80725fd77a23b4129e1b51ca231fc89b40712649c";

    private static JsonNode golden() throws IOException {
        try (InputStream in = ContractsParityTest.class.getResourceAsStream("/onchain.json")) {
            return JSON.readTree(in);
        }
    }

    static Stream<JsonNode> cases() throws IOException {
        List<JsonNode> all = new ArrayList<>();
        golden().path("redeem").forEach(all::add);
        return all.stream();
    }

    static Stream<JsonNode> tickets() throws IOException {
        // Without auxData there is no round: such a ticket is not made here.
        return cases().filter(c -> c.path("ticket").path("auxData").asText().length() > 2);
    }

    static Stream<JsonNode> redeemed() throws IOException {
        return cases().filter(c -> !c.path("logs").isEmpty());
    }

    static Stream<JsonNode> refused() throws IOException {
        List<JsonNode> all = new ArrayList<>();
        golden().path("reverts").forEach(all::add);
        return Stream.concat(all.stream(), cases().filter(c -> c.has("reason")));
    }

    private static byte[] bytes(JsonNode hex) {
        return HexFormat.of().parseHex(hex.asText().substring(2));
    }

    private static Redeemable redeemable(JsonNode golden) {
        JsonNode ticket = golden.path("ticket");
        byte[] aux = bytes(ticket.path("auxData"));
        return new Redeemable(
                new Ticket(
                        EthAddress.of(bytes(ticket.path("recipient"))),
                        EthAddress.of(bytes(ticket.path("sender"))),
                        new BigInteger(ticket.path("faceValue").asText()),
                        new BigInteger(ticket.path("winProb").asText()),
                        ticket.path("senderNonce").asLong(),
                        bytes(ticket.path("recipientRandHash")),
                        new BigInteger(1, Arrays.copyOf(aux, 32)).longValueExact(),
                        Arrays.copyOfRange(aux, 32, 64)),
                bytes(golden.path("sigUsed")),
                new BigInteger(1, bytes(golden.path("randUsed"))));
    }

    @ParameterizedTest
    @MethodSource("tickets")
    void aRedemptionIsCalledAsByOthers(JsonNode golden) {
        byte[] data = Abi.redemption(List.of(redeemable(golden)));
        assertThat(EthRpc.hex(data)).isEqualTo(golden.path("calldata").asText());
    }

    @Test
    void aBatchPointsToEachOfItsParts() throws IOException {
        List<Redeemable> tickets =
                redeemed().map(ContractsParityTest::redeemable).limit(2).toList();
        byte[] data = Abi.redemption(tickets);
        assertThat(EthRpc.hex(Arrays.copyOf(data, 4))).isEqualTo("0xd01b808e");
        Words words = new Words(Arrays.copyOfRange(data, 4, data.length));
        int signatures = words.number(1).intValueExact() / 32;
        int rands = words.number(2).intValueExact() / 32;
        assertThat(words.number(signatures)).isEqualTo(2);
        assertThat(words.number(rands)).isEqualTo(2);
        for (int i = 0; i < 2; i++) {
            assertThat(words.number(rands + 1 + i)).isEqualTo(tickets.get(i).recipientRand());
            Words tail =
                    new Words(Arrays.copyOfRange(data, 4 + 32 * (signatures + 1), data.length));
            assertThat(tail.bytes(i)).isEqualTo(tickets.get(i).signature());
        }
    }

    @ParameterizedTest
    @MethodSource("redeemed")
    void aReceiptSaysWhatEachTicketPaid(JsonNode golden) throws IOException {
        BigInteger paid = BigInteger.ZERO;
        for (JsonNode log : golden.path("logs")) {
            if (log.path("topics").path(0).asText().equals(TRANSFER)) {
                paid = new BigInteger(1, bytes(log.path("data")));
            }
        }
        EthAddress broker = EthAddress.parse(golden().path("broker").asText());
        Mined mined = Receipts.read(receipt(golden.path("logs")), Set.of(broker));
        assertThat(mined.redeemed()).isEqualTo(Map.of(golden.path("ticketHash").asText(), paid));
        assertThat(mined.block()).isEqualTo(16);
        assertThat(mined.fee()).isEqualTo(42);
        assertThat(Receipts.read(receipt(golden.path("logs")), Set.of()).redeemed())
                .as("logs of somebody else")
                .isEmpty();
    }

    @Test
    void paymentsInABatchAreNotMixedUp() throws IOException {
        var logs = JSON.createArrayNode();
        List<JsonNode> all = redeemed().toList();
        all.forEach(each -> each.path("logs").forEach(logs::add));
        EthAddress broker = EthAddress.parse(golden().path("broker").asText());
        Map<String, BigInteger> together = Receipts.read(receipt(logs), Set.of(broker)).redeemed();
        assertThat(together).hasSameSizeAs(all).containsValue(BigInteger.ZERO);
        for (JsonNode each : all) {
            assertThat(together)
                    .containsAllEntriesOf(
                            Receipts.read(receipt(each.path("logs")), Set.of(broker)).redeemed());
        }
    }

    private static ObjectNode receipt(JsonNode logs) {
        ObjectNode receipt = JSON.createObjectNode();
        receipt.put("blockNumber", "0x10")
                .put("status", "0x1")
                .put("gasUsed", "0x15")
                .put("effectiveGasPrice", "0x2");
        receipt.set("logs", logs);
        return receipt;
    }

    @ParameterizedTest
    @MethodSource("refused")
    void aRefusalIsReadAsTheContractMeantIt(JsonNode golden) throws Exception {
        assertThat(text(golden.path("data").asText())).isEqualTo(golden.path("reason").asText());
    }

    @Test
    void anotherErrorIsShownInHex() throws Exception {
        assertThat(text("0xb3808bab")).isEqualTo("error 0xb3808bab");
        assertThat(text("0x08c379a0")).isEqualTo("error 0x08c379a0");
        assertThat(text("0x08c379a0" + "ff".repeat(64))).startsWith("error 0x08c379a0ff");
        assertThat(text("")).isEqualTo("execution reverted");
        assertThat(text("0xb3")).isEqualTo("execution reverted");
    }

    private static String text(String data) throws Exception {
        try (ScriptedNode node =
                new ScriptedNode((m, p) -> new Refusal(3, "execution reverted", data))) {
            new EthRpc(List.of(node.uri()), Duration.ofSeconds(5)).call("eth_call");
            throw new AssertionError("not refused");
        } catch (RpcException e) {
            return Reverts.text(e);
        }
    }
}

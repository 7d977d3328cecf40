package org.livepeer.flink.connectors.ethereum.settle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.livepeer.flink.connectors.ethereum.keys.AccountKey;
import org.livepeer.flink.connectors.ethereum.keys.KeySigner;
import org.livepeer.flink.connectors.ethereum.rpc.EthRpc;
import org.livepeer.flink.connectors.ethereum.rpc.ScriptedNode.Refusal;
import org.livepeer.flink.operators.hash.Keccak256;
import org.livepeer.flink.operators.settlement.SettlementChain;
import org.livepeer.flink.operators.settlement.SettlementChain.Look;
import org.livepeer.flink.operators.settlement.SettlementChain.Prepared;
import org.livepeer.flink.operators.settlement.SettlementChain.Redeemable;
import org.livepeer.flink.operators.settlement.SettlementChain.Standing;
import org.livepeer.flink.operators.settlement.SettlementChain.Step;
import org.livepeer.flink.operators.settlement.SettlementChain.Tried;
import org.livepeer.flink.operators.settlement.SettlementChain.Wanted;
import org.livepeer.flink.operators.settlement.TransactionSigner.Unsigned;
import org.livepeer.flink.operators.ticket.EthAddress;
import org.livepeer.flink.operators.ticket.Ticket;

/** Looks at a chain whose nodes are not always right. */
class RpcSettlementChainTest {
    private static final Wanted NOTHING = new Wanted(0, List.of(), List.of(), List.of(), Map.of());
    private static final String ACCOUNT = "0x" + "a".repeat(40);
    private static final String HASH = "0x" + "12".repeat(32);
    private static final Redeemable TICKET =
            new Redeemable(
                    new Ticket(
                            EthAddress.parse(ACCOUNT),
                            EthAddress.parse("0x" + "5".repeat(40)),
                            BigInteger.TEN,
                            BigInteger.TWO,
                            1,
                            new byte[32],
                            20,
                            new byte[32]),
                    new byte[65],
                    BigInteger.ONE);

    private FakeChain fake;
    private FakeChain other;
    private SettlementChain chain;

    @BeforeEach
    void start() throws Exception {
        fake = new FakeChain();
        other = new FakeChain();
        chain = open(fake.node.uri() + "," + other.node.uri());
    }

    @AfterEach
    void stop() {
        chain.close();
        fake.close();
        other.close();
    }

    private static SettlementChain open(String urls) {
        return new RpcSettlementChain.Factory(urls, FakeChain.CONTROLLER, ACCOUNT, ACCOUNT, 12)
                .open();
    }

    private static Wanted ticket() {
        return new Wanted(0, List.of(TICKET), List.of(), List.of(), Map.of());
    }

    private static Wanted transaction() {
        return new Wanted(0, List.of(), List.of(), List.of(HASH), Map.of());
    }

    private static Wanted step(String action, Map<String, String> arguments) {
        return new Wanted(
                0,
                List.of(),
                List.of(new Step("order", action, arguments, 0)),
                List.of(),
                Map.of());
    }

    private Tried tried() throws IOException {
        return chain.look(ticket()).tickets().values().iterator().next();
    }

    @Test
    void onePictureIsOfOneBlock() throws Exception {
        Look look = chain.look(ticket());
        assertThat(look.standing())
                .isEqualTo(
                        new Standing(
                                0xa4b1,
                                1_000,
                                0x65000000L * 1_000,
                                1_000,
                                BigInteger.valueOf(90),
                                BigInteger.valueOf(100),
                                0x4000000000000L,
                                false,
                                20,
                                true,
                                10,
                                2,
                                4,
                                Long.MAX_VALUE,
                                19,
                                9,
                                7,
                                BigInteger.TEN.pow(18)));
        assertThat(look.tickets())
                .isEqualTo(
                        Map.of(
                                EthRpc.hex(TICKET.ticket().hash()),
                                new Tried(
                                        false,
                                        200_000L,
                                        "",
                                        BigInteger.valueOf(500),
                                        BigInteger.valueOf(300),
                                        0)));
        // The first asks of which chain the node is
        assertThat(fake.node.requests).hasSize(4);
        assertThat(fake.asked("eth_call"))
                .filteredOn(p -> !p.path(0).path("to").asText().equals(FakeChain.CONTROLLER))
                .allMatch(p -> p.path(1).asText().equals("0x3e8"));
        assertThat(fake.asked("eth_getTransactionCount").get(1).path(1).asText())
                .isEqualTo("0x3dc");
    }

    @Test
    void onArbitrumL1BlocksCount() throws Exception {
        fake.l1 = 970L;
        Standing standing = chain.look(NOTHING).standing();
        assertThat(standing.block()).isEqualTo(1_000);
        assertThat(standing.l1Block()).isEqualTo(970);
        assertThat(standing.l1BlocksLeft()).isEqualTo(40);
        assertThat(standing.blockGas()).isEqualTo(32_000_000);
    }

    @Test
    void aNodeThatTakesOneQuestionAtATimeIsEnough() throws Exception {
        Look several = chain.look(ticket());
        fake.node.takesBatches = false;
        assertThat(chain.look(ticket())).isEqualTo(several);
    }

    @Test
    void contractsThatMoveAreFollowed() throws Exception {
        assertThatThrownBy(() -> chain.redemption(List.of(TICKET)))
                .isInstanceOf(IllegalStateException.class);
        chain.look(NOTHING);
        assertThat(chain.redemption(List.of(TICKET)).to().lower()).isEqualTo(FakeChain.BROKER);
        String moved = "0x" + "7".repeat(40);
        fake.contracts.put("TicketBroker", moved);
        chain.look(NOTHING);
        assertThat(chain.redemption(List.of(TICKET)).to().lower()).isEqualTo(moved);
    }

    @Test
    void aControllerThatIsNoneIsNamed() {
        fake.contracts.remove("RoundsManager");
        assertThatThrownBy(() -> chain.look(NOTHING))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("-ethController");
        other.answers.put("getContract(bytes32)", "0x");
        other.contracts.clear();
        assertThatThrownBy(() -> chain.look(NOTHING)).isInstanceOf(IOException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "eth_getBlockByNumber",
                "eth_gasPrice",
                "eth_getBalance",
                "currentRound()",
                "paused()",
                "getTranscoder(address)",
                "usedTickets(bytes32)",
                "getSenderInfo(address)",
                "claimableReserve(address,address)",
                "eth_getTransactionReceipt"
            })
    void nothingIsLearnedFromANodeThatKeepsSomethingToItself(String what) throws Exception {
        Wanted wanted = new Wanted(0, List.of(TICKET), List.of(), List.of(HASH), Map.of());
        fake.answers.put(what, new Refusal(-32005, "limit exceeded", ""));
        assertThatThrownBy(() -> chain.look(wanted))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("limit exceeded");
        assertThat(chain.look(wanted).standing().round()).as("the next node").isEqualTo(20);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "eth_getBlockByNumber",
                "eth_gasPrice",
                "eth_getBalance",
                "currentRound()",
                "getTranscoder(address)",
                "getSenderInfo(address)",
                "eth_estimateGas"
            })
    void nothingIsLearnedFromANodeThatGivesNonsense(String what) throws Exception {
        for (String nonsense : List.of("0x", "latest", "0xzz")) {
            fake.answers.put(what, nonsense);
            SettlementChain fresh = open(fake.node.uri() + "," + other.node.uri());
            assertThatThrownBy(() -> fresh.look(ticket()))
                    .as(nonsense)
                    .isInstanceOf(IOException.class);
            assertThat(fresh.look(ticket()).standing().round()).as("the next node").isEqualTo(20);
        }
    }

    @Test
    void aNodeThatDoesNotSayOfWhichChainItIsIsNotAsked() throws Exception {
        for (Object said : List.of("0x", "0xzz", new Refusal(-32005, "limit exceeded", ""))) {
            fake.answers.put("eth_chainId", said);
            SettlementChain fresh = open(fake.node.uri() + "," + other.node.uri());
            assertThat(fresh.look(NOTHING).standing().round()).isEqualTo(20);
            assertThat(fake.asked("eth_gasPrice")).isEmpty();
        }
    }

    @Test
    void aNodeThatTurnsToAnotherChainIsSentNothing() throws Exception {
        Wanted ours =
                new Wanted(0xa4b1, List.of(), List.of(), List.of(), Map.of(HASH, new byte[] {1}));
        chain.look(NOTHING);
        fake.answers.put("eth_chainId", "0x1");

        assertThatThrownBy(() -> chain.look(ours))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is of chain 1, all before was of chain 42161")
                .hasMessageContaining("-ethUrl");
        assertThat(chain.look(ours).standing().chainId()).isEqualTo(0xa4b1);

        assertThat(fake.asked("eth_sendRawTransaction")).isEmpty();
        assertThat(other.asked("eth_sendRawTransaction")).isNotEmpty();
        // A job that starts now does not know better, but its records do.
        SettlementChain fresh = open(fake.node.uri() + "," + other.node.uri());
        assertThatThrownBy(() -> fresh.look(ours)).hasMessageContaining("of chain 1, all");
        assertThat(fresh.look(ours).standing().chainId()).isEqualTo(0xa4b1);
    }

    @Test
    void whatNoContractCouldSayIsNonsense() throws Exception {
        fake.answers.put(
                "eth_getTransactionReceipt",
                Map.of("blockNumber", "0x3e7", "transactionHash", HASH, "to", "0x12"));
        assertThatThrownBy(() -> chain.look(transaction())).isInstanceOf(IOException.class);
        assertThat(chain.look(transaction()).mined()).as("the next node").isEmpty();
        fake.answers.put("eth_estimateGas", EthRpc.hex(Long.MAX_VALUE));
        SettlementChain alone = open(fake.node.uri().toString());
        assertThatThrownBy(() -> alone.look(step("reward", Map.of())))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot be");
    }

    @Test
    void aReceiptOfAnotherTransactionIsNonsense() throws Exception {
        fake.answers.put(
                "eth_getTransactionReceipt",
                Map.of("blockNumber", "0x3e7", "transactionHash", "0x" + "13".repeat(32)));
        assertThatThrownBy(() -> chain.look(transaction()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("asked for the receipt of " + HASH);
        assertThat(chain.look(transaction()).mined()).as("the next node").isEmpty();
    }

    @Test
    void aNodeFarBehindIsLeft() throws Exception {
        chain.look(NOTHING);
        fake.block = 900;
        assertThat(chain.look(NOTHING).standing().block()).isEqualTo(900);
        fake.block = 871;
        assertThatThrownBy(() -> chain.look(NOTHING))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("871");
        assertThat(chain.look(NOTHING).standing().block()).isEqualTo(1_000);
    }

    @Test
    void aBlockThatIsDroppedMeanwhileIsNoPicture() throws Exception {
        fake.node.twist =
                text -> {
                    fake.branch = "b";
                    return text;
                };
        SettlementChain alone = open(fake.node.uri().toString());
        assertThatThrownBy(() -> alone.look(NOTHING))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("dropped");
    }

    @Test
    void whatIsConfirmedStaysKnownWithANodeThatForgets() throws Exception {
        assertThat(chain.look(NOTHING).standing().settledNonce()).isEqualTo(7);
        fake.forgets = true;
        assertThat(chain.look(NOTHING).standing().settledNonce()).isEqualTo(7);
        assertThat(open(fake.node.uri().toString()).look(NOTHING).standing().settledNonce())
                .isZero();
    }

    @Test
    void aTicketThatWouldFailSaysWhy() throws Exception {
        fake.answers.put(
                "eth_estimateGas",
                new Refusal(3, "execution reverted: x", "0x4e487b71" + FakeChain.words(0x11)));
        fake.answers.put(
                "claimableReserve(address,address)",
                new Refusal(3, "execution reverted", "0x4e487b71" + FakeChain.words(0x11)));
        fake.answers.put("getSenderInfo(address)", "0x" + FakeChain.words(5, 21, 0, 0));
        assertThat(tried())
                .isEqualTo(new Tried(false, null, "Panic(0x11)", BigInteger.valueOf(5), null, 21));
        fake.answers.put("eth_estimateGas", new Refusal(-32000, "insufficient funds", ""));
        assertThat(tried().fault()).isEqualTo("insufficient funds");
    }

    @Test
    void aFailedTransactionIsReplayed() throws Exception {
        fake.answers.put(
                "eth_getTransactionReceipt",
                Map.of(
                        "blockNumber", "0x3e7",
                        "transactionHash", HASH,
                        "status", "0x0",
                        "to", FakeChain.BROKER,
                        "gasUsed", "0x64",
                        "effectiveGasPrice", "0x2",
                        "logs", List.of()));
        fake.answers.put(
                "eth_getTransactionByHash",
                Map.of(
                        "from", ACCOUNT,
                        "to", FakeChain.BROKER,
                        "value", "0x0",
                        "gas", "0x100",
                        "input", "0x12345678",
                        "blockNumber", "0x3e7"));
        SettlementChain.Mined mined = chain.look(transaction()).mined().get(HASH);
        assertThat(mined)
                .isEqualTo(
                        new SettlementChain.Mined(
                                999,
                                false,
                                "execution reverted",
                                BigInteger.valueOf(200),
                                Map.of()));
        List<JsonNode> calls = fake.asked("eth_call");
        assertThat(calls.get(calls.size() - 1).path(1).asText()).isEqualTo("0x3e7");
    }

    private static byte[] signed(long nonce) {
        byte[] key = new byte[32];
        key[31] = 7;
        return new KeySigner(new AccountKey(key))
                .sign(
                        new Unsigned(
                                0xa4b1,
                                nonce,
                                21_000,
                                BigInteger.TEN,
                                BigInteger.ONE,
                                EthAddress.parse(ACCOUNT),
                                BigInteger.ZERO,
                                new byte[0]));
    }

    private static String hash(byte[] raw) {
        return "0x" + HexFormat.of().formatHex(Keccak256.of(raw));
    }

    private Look offer(byte[]... raw) throws IOException {
        Map<String, byte[]> all = new HashMap<>();
        for (byte[] each : raw) {
            all.put(hash(each), each);
        }
        return chain.look(new Wanted(0, List.of(), List.of(), List.of(), all));
    }

    @Test
    void transactionsAreSentInTheOrderOfTheirNumbers() throws Exception {
        byte[][] raw = new byte[20][];
        for (int i = 0; i < raw.length; i++) {
            raw[i] = signed(raw.length - 1 - i);
        }
        assertThat(offer(raw).unsent()).isEmpty();
        assertThat(fake.sent)
                .containsExactlyElementsOf(
                        IntStream.range(0, raw.length)
                                .mapToObj(i -> EthRpc.hex(signed(i)))
                                .toList());
    }

    @Test
    void oneThatANodeKnowsIsTakenWhateverItSays() throws Exception {
        byte[] raw = signed(3);
        fake.answers.put("eth_sendRawTransaction", new Refusal(-32000, "ALREADY there", ""));
        assertThat(offer(raw).unsent()).isEqualTo(Map.of(hash(raw), "ALREADY there"));
        fake.answers.put("eth_getTransactionByHash", Map.of("hash", hash(raw)));
        assertThat(offer(raw).unsent()).isEmpty();
        assertThat(other.node.requests).isEmpty();
    }

    @Test
    void whatTheContractRefusesWhileItIsOpenItRefusesForGood() throws Exception {
        fake.answers.put("eth_estimateGas", new Refusal(3, "execution reverted: no", ""));
        assertThat(prepared().isFinal()).isTrue();
        assertThat(prepared().fault()).isEqualTo("execution reverted: no");
        fake.answers.put("currentRoundInitialized()", "0x" + FakeChain.words(0));
        assertThat(prepared().isFinal()).isFalse();
        fake.answers.put("currentRoundInitialized()", "0x" + FakeChain.words(1));
        fake.answers.put("paused()", "0x" + FakeChain.words(1));
        assertThat(prepared().isFinal()).isFalse();
        fake.answers.put("paused()", "0x" + FakeChain.words(0));
        fake.answers.put("eth_estimateGas", new Refusal(-32000, "insufficient funds", ""));
        assertThat(prepared().isFinal()).isFalse();
    }

    private Prepared prepared() throws IOException {
        Prepared prepared =
                chain.look(step("fundDeposit", Map.of("amount", "5"))).steps().get("order");
        assertThat(prepared).isNotNull();
        return prepared;
    }

    @Test
    void aStepIsGivenMoreGasThanItWouldTake() throws Exception {
        Prepared prepared = prepared();
        assertThat(prepared.gas()).isEqualTo(260_000);
        assertThat(prepared.call()).isNotNull();
        assertThat(prepared.call().wei()).isEqualTo(5);
        assertThat(chain.look(step("bend", Map.of())).steps().get("order").isFinal()).isTrue();
    }

    @Test
    void noNodeAtAllIsAFault() {
        fake.close();
        other.close();
        assertThatThrownBy(() -> chain.look(NOTHING))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("check -ethUrl");
    }

    @Test
    void theFactoryTravelsAndKeepsTheAddressOfTheNodeToItself() throws Exception {
        RpcSettlementChain.Factory factory =
                new RpcSettlementChain.Factory(
                        "https://node/secret", FakeChain.CONTROLLER, ACCOUNT, ACCOUNT, 12);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        new ObjectOutputStream(bytes).writeObject(factory);
        assertThat(
                        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))
                                .readObject())
                .isEqualTo(factory);
        assertThat(factory.toString()).doesNotContain("secret");
        assertThatThrownBy(
                        () ->
                                new RpcSettlementChain.Factory(
                                        "https://node", "x", ACCOUNT, ACCOUNT, 12))
                .isInstanceOf(IllegalArgumentException.class);
    }
}

package org.livepeer.flink.connectors.ethereum.settle;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.ethereum.rpc.EthRpc;
import org.livepeer.flink.connectors.ethereum.rpc.ScriptedNode;
import org.livepeer.flink.connectors.ethereum.rpc.ScriptedNode.Refusal;
import org.livepeer.flink.operators.hash.Keccak256;

/** A node whose contracts say what a test wants, all else as on a quiet chain. */
final class FakeChain implements ScriptedNode.Script, AutoCloseable {
    static final String CONTROLLER = "0x" + "c".repeat(40);
    static final String BROKER = "0x" + "b".repeat(40);
    static final String BONDING = "0x" + "d".repeat(40);
    static final String NEVER = "f".repeat(64);

    /** Answers that are not the usual ones, by method, or by a view's signature. */
    final Map<String, Object> answers = new ConcurrentHashMap<>();

    /** Transactions as they came. */
    final List<String> sent = new CopyOnWriteArrayList<>();

    final Map<String, String> contracts = new ConcurrentHashMap<>();
    final ScriptedNode node;

    /** Whether it has no state of older blocks. */
    volatile boolean forgets;

    volatile long block = 1_000;
    volatile String branch = "a";
    volatile @Nullable Long l1;

    private final Map<String, String> views = new LinkedHashMap<>();

    FakeChain() throws IOException {
        node = new ScriptedNode(this);
        contracts.put("TicketBroker", BROKER);
        contracts.put("BondingManager", BONDING);
        for (String each : List.of("RoundsManager", "ServiceRegistry", "LivepeerToken")) {
            contracts.put(each, "0x" + "e".repeat(40));
        }
        view("getContract(bytes32)", "");
        view("paused()", words(0));
        view("currentRound()", words(20));
        view("currentRoundInitialized()", words(1));
        view("currentRoundStartBlock()", words(960));
        view("roundLength()", words(50));
        view("ticketValidityPeriod()", words(2));
        view("getTranscoder(address)", words(19, 1, 2, 3, 4) + NEVER + words(0, 0, 0, 0));
        view("usedTickets(bytes32)", words(0));
        view("getSenderInfo(address)", words(500, 0, 600, 0));
        view("claimableReserve(address,address)", words(300));
    }

    private void view(String signature, String answer) {
        String selector = HexFormat.of().formatHex(Keccak256.of(signature.getBytes(UTF_8)), 0, 4);
        views.put(selector, signature);
        answers.put(signature, "0x" + answer);
    }

    static String words(long... numbers) {
        StringBuilder all = new StringBuilder();
        for (long each : numbers) {
            all.append(String.format("%064x", each));
        }
        return all.toString();
    }

    private String hash() {
        return "0x" + HexFormat.of().formatHex(Keccak256.of((branch + block).getBytes(UTF_8)));
    }

    @Override
    public Object answer(String method, JsonNode parameters) {
        Object special = answers.get(method);
        if (special != null) {
            return special;
        }
        return switch (method) {
            case "eth_chainId" -> "0xa4b1";
            case "eth_gasPrice" -> "0x64";
            case "eth_getBlockByNumber" -> block();
            case "eth_getTransactionCount" -> {
                boolean isNow = parameters.get(1).asText().equals(EthRpc.hex(block));
                Object before = forgets ? new Refusal(-32000, "missing trie node", "") : "0x7";
                yield isNow ? "0x9" : before;
            }
            case "eth_getBalance" -> "0xde0b6b3a7640000";
            case "eth_estimateGas" -> "0x30d40";
            case "eth_call" -> call(parameters.get(0));
            case "eth_sendRawTransaction" -> {
                sent.add(parameters.get(0).asText());
                yield "0x" + "1".repeat(64);
            }
            case "eth_getTransactionReceipt", "eth_getTransactionByHash" -> NullNode.getInstance();
            default -> new Refusal(-32601, "no method " + method, "");
        };
    }

    private Map<String, Object> block() {
        Map<String, Object> said = new LinkedHashMap<>();
        said.put("number", EthRpc.hex(block));
        said.put("hash", hash());
        said.put("timestamp", "0x65000000");
        said.put("baseFeePerGas", "0x5a");
        said.put("gasLimit", "0x4000000000000");
        if (l1 != null) {
            said.put("l1BlockNumber", EthRpc.hex(l1));
        }
        return said;
    }

    private Object call(JsonNode call) {
        String data = call.path("data").asText().substring(2);
        String signature = views.getOrDefault(data.substring(0, 8), "");
        if (signature.equals("getContract(bytes32)")) {
            for (Map.Entry<String, String> each : contracts.entrySet()) {
                byte[] id = Keccak256.of(each.getKey().getBytes(UTF_8));
                if (data.endsWith(HexFormat.of().formatHex(id))) {
                    return "0x" + "0".repeat(24) + each.getValue().substring(2);
                }
            }
            return "0x" + words(0);
        }
        return answers.getOrDefault(signature, new Refusal(3, "execution reverted", "0x"));
    }

    /** Requests for a method, in their order. */
    List<JsonNode> asked(String method) {
        List<JsonNode> all = new ArrayList<>();
        for (JsonNode request : node.requests) {
            for (JsonNode each : request.isArray() ? request : List.of(request)) {
                if (each.path("method").asText().equals(method)) {
                    all.add(each.path("params"));
                }
            }
        }
        return all;
    }

    @Override
    public void close() {
        node.close();
    }
}

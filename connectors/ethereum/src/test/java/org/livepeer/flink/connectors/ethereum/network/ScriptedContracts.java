package org.livepeer.flink.connectors.ethereum.network;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.livepeer.flink.connectors.ethereum.rpc.EthRpc;
import org.livepeer.flink.connectors.ethereum.rpc.ScriptedNode.Refusal;
import org.livepeer.flink.connectors.ethereum.rpc.ScriptedNode.Script;
import org.livepeer.flink.operators.hash.Keccak256;
import org.livepeer.flink.operators.ticket.EthAddress;

/** The network's contracts, of which a test says what they answer; they revert at all else. */
final class ScriptedContracts implements Script {
    static final EthAddress CONTROLLER = EthAddress.parse("0x" + "c0".repeat(20));
    static final Refusal REVERTED = new Refusal(3, "execution reverted", "0x");

    final Map<String, EthAddress> contracts = new LinkedHashMap<>();
    final List<Map<String, Object>> logs = new CopyOnWriteArrayList<>();
    final List<Long> ranges = new CopyOnWriteArrayList<>();
    long block = 100;

    /** L2 blocks in an L1 block; 1 where there is no L2. */
    long blocksOfL1 = 1;

    long chainId = 31_337;

    /** Most blocks that {@code eth_getLogs} takes. */
    long mostBlocks = Long.MAX_VALUE;

    private final Map<String, Object> answers = new HashMap<>();

    ScriptedContracts() {
        int number = 1;
        for (String name :
                List.of(
                        "TicketBroker",
                        "BondingManager",
                        "RoundsManager",
                        "ServiceRegistry",
                        "LivepeerToken",
                        "Minter")) {
            contracts.put(name, EthAddress.parse("0x" + "0".repeat(39) + number++));
        }
    }

    /**
     * What a contract answers from now on.
     *
     * @param signature with the arguments for which it is said, behind a space each; to any when
     *     there are none
     * @param words numbers, addresses, truths, decimal digits; text in full behind them
     */
    ScriptedContracts say(String contract, String signature, Object... words) {
        answers.put(key(contract, signature), encoded(words));
        return this;
    }

    ScriptedContracts refuse(String contract, String signature, Object answer) {
        answers.put(key(contract, signature), answer);
        return this;
    }

    private String key(String contract, String signature) {
        String[] parts = signature.split(" ");
        EthAddress address = contract.equals("Controller") ? CONTROLLER : contracts.get(contract);
        StringBuilder key =
                new StringBuilder(address.lower()).append(' ').append(selector(parts[0]));
        for (int i = 1; i < parts.length; i++) {
            key.append(word(parts[i]));
        }
        return key.toString();
    }

    private static String selector(String signature) {
        return EthRpc.hex(Keccak256.of(signature.getBytes(US_ASCII))).substring(0, 10);
    }

    private static String word(Object value) {
        if (value instanceof EthAddress address) {
            return "0".repeat(24) + address.lower().substring(2);
        }
        if (value instanceof Boolean is) {
            return word(is ? "1" : "0");
        }
        String text = value.toString();
        return text.startsWith("0x")
                ? "0".repeat(66 - text.length())
                        + text.substring(2).toLowerCase(java.util.Locale.ROOT)
                : String.format("%064x", new BigInteger(text));
    }

    private static String encoded(Object... words) {
        StringBuilder hex = new StringBuilder("0x");
        for (Object each : words) {
            hex.append(word(each));
        }
        return hex.toString();
    }

    /** How a contract answers with text. */
    static String text(String text) {
        String hex = java.util.HexFormat.of().formatHex(text.getBytes(US_ASCII));
        return encoded("32", "" + text.length()) + hex + "0".repeat((64 - hex.length() % 64) % 64);
    }

    void log(long at, int index, String contract, List<String> topics, String data) {
        Map<String, Object> log = new LinkedHashMap<>();
        log.put("address", contracts.get(contract).lower());
        log.put("topics", topics);
        log.put("data", data);
        log.put("blockNumber", EthRpc.hex(at));
        log.put("blockHash", "0x" + "ab".repeat(32));
        log.put("transactionHash", "0x" + "cd".repeat(32));
        log.put("logIndex", EthRpc.hex(index));
        logs.add(log);
    }

    @Override
    public Object answer(String method, JsonNode parameters) {
        return switch (method) {
            case "eth_chainId" -> EthRpc.hex(chainId);
            case "eth_getBlockByNumber" -> header(parameters.get(0).asText());
            case "eth_getBalance" -> "0x7";
            case "eth_call" -> view(parameters.get(0));
            case "eth_getLogs" -> logs(parameters.get(0));
            default -> new Refusal(-32_601, "no method " + method, "");
        };
    }

    private Object header(String tag) {
        long number = tag.equals("latest") ? block : number(tag);
        Map<String, Object> header = new HashMap<>();
        header.put("number", EthRpc.hex(number));
        header.put("hash", "0x" + "ab".repeat(32));
        header.put("parentHash", "0x" + "ab".repeat(32));
        header.put("timestamp", "0x10");
        header.put("gasLimit", "0x1000000");
        if (blocksOfL1 > 1) {
            header.put("l1BlockNumber", EthRpc.hex(number / blocksOfL1));
        }
        return header;
    }

    private static long number(String hex) {
        return Long.parseLong(hex.substring(2), 16);
    }

    private Object view(JsonNode call) {
        String data = call.path("data").asText();
        String asked = call.path("to").asText() + " " + data;
        if (asked.startsWith(CONTROLLER.lower() + " " + selector("getContract(bytes32)"))) {
            for (var each : contracts.entrySet()) {
                String id = EthRpc.hex(Keccak256.of(each.getKey().getBytes(US_ASCII)));
                if (data.endsWith(id.substring(2))) {
                    return encoded(each.getValue());
                }
            }
            return encoded("0");
        }
        Object exact = answers.get(asked);
        Object any = answers.get(asked.substring(0, 43 + 10));
        return exact != null ? exact : any != null ? any : REVERTED;
    }

    private Object logs(JsonNode filter) {
        long from = number(filter.path("fromBlock").asText());
        long to = number(filter.path("toBlock").asText());
        if (to - from + 1 > mostBlocks) {
            return new Refusal(-32_005, "query returned more than 10000 results", "");
        }
        ranges.add(to - from + 1);
        List<Map<String, Object>> some = new ArrayList<>();
        for (Map<String, Object> each : logs) {
            long at = number(each.get("blockNumber").toString());
            if (at >= from && at <= to) {
                some.add(each);
            }
        }
        return some;
    }
}

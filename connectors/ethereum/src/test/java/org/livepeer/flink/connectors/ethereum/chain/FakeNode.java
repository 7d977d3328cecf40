package org.livepeer.flink.connectors.ethereum.chain;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.livepeer.flink.operators.hash.Keccak256;

/** A node with a chain that a test makes, and every fault that it asks for. */
final class FakeNode implements AutoCloseable {
    static final String CONTROLLER = "0x" + "c".repeat(40);
    static final String BROKER = "0x" + "b".repeat(40);

    private static final ObjectMapper JSON = new ObjectMapper();

    static {
        // Else each answer waits 40 ms for the end of its packet.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private final HttpServer server;
    private final List<String> names = new ArrayList<>();

    /** Blocks with a log of the broker in them, by name. */
    final List<String> logged = new ArrayList<>();

    /** Blocks with a log of the Controller that a contract has moved, by name. */
    final List<String> moved = new ArrayList<>();

    /** Calls of contracts that fail before one is answered. */
    volatile int failingCalls;

    /** What it says instead of an answer; empty for none. */
    volatile String garbage = "";

    /** Results that it gives whatever is right, by method. */
    final Map<String, Object> wrong = new ConcurrentHashMap<>();

    volatile int status = 200;

    /** Blocks that it has not seen yet. */
    volatile int lag;

    /** Blocks of one question for logs that it takes at the most. */
    volatile long mostBlocks = Long.MAX_VALUE;

    volatile int asked;

    FakeNode() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
        names.add("genesis");
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
    }

    /** More blocks, named by a text and their number. */
    synchronized void grow(String branch, int blocks) {
        for (int i = 0; i < blocks; i++) {
            names.add(branch + names.size());
        }
    }

    /** The newest blocks are gone. */
    synchronized void drop(int blocks) {
        names.subList(names.size() - blocks, names.size()).clear();
    }

    private static String hash(String name) {
        return "0x" + HexFormat.of().formatHex(Keccak256.of(name.getBytes(UTF_8)));
    }

    private synchronized void answer(HttpExchange exchange) throws IOException {
        asked++;
        JsonNode question = JSON.readTree(exchange.getRequestBody().readAllBytes());
        String text;
        if (garbage.isEmpty() && question.isArray()) {
            ArrayNode answers = JSON.createArrayNode();
            question.forEach(each -> answers.add(one(each)));
            text = answers.toString();
        } else if (garbage.isEmpty()) {
            text = one(question).toString();
        } else {
            text = garbage;
        }
        byte[] bytes = text.getBytes(UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private ObjectNode one(JsonNode question) {
        ObjectNode answer = JSON.createObjectNode();
        answer.put("jsonrpc", "2.0").set("id", question.path("id"));
        String method = question.path("method").asText();
        if (wrong.containsKey(method)) {
            answer.set("result", JSON.valueToTree(wrong.get(method)));
        } else {
            answer(question, answer);
        }
        return answer;
    }

    private void answer(JsonNode question, ObjectNode answer) {
        JsonNode params = question.path("params");
        switch (question.path("method").asText()) {
            case "eth_chainId" -> answer.put("result", "0x7a69");
            case "eth_gasPrice" -> answer.put("result", "0x7");
            case "eth_blockNumber" -> answer.put("result", hex(names.size() - 1L - lag));
            case "eth_call" -> {
                if (failingCalls > 0) {
                    failingCalls--;
                    answer.putObject("error").put("message", "not now");
                    return;
                }
                String id = HexFormat.of().formatHex(Keccak256.of("TicketBroker".getBytes(UTF_8)));
                String address = "0".repeat(40);
                if (params.get(0).path("to").asText().equals(CONTROLLER)) {
                    String asked = params.get(0).path("data").asText();
                    address = asked.endsWith(id) ? BROKER.substring(2) : asked.substring(10, 50);
                }
                answer.put("result", "0x" + "0".repeat(24) + address);
            }
            case "eth_getBlockByNumber" -> block(params.get(0).asText(), answer);
            case "eth_getLogs" -> logs(params.get(0), answer);
            default -> answer.putObject("error").put("message", "no such method");
        }
    }

    private void block(String number, ObjectNode answer) {
        int at = Integer.parseInt(number.substring(2), 16);
        if (at >= names.size() - lag) {
            answer.putNull("result");
            return;
        }
        ObjectNode block = answer.putObject("result");
        block.put("number", hex(at))
                .put("hash", hash(names.get(at)))
                .put("parentHash", hash(at == 0 ? "nothing" : names.get(at - 1)))
                .put("l1BlockNumber", hex(1_000 + at))
                .put("timestamp", hex(at));
    }

    private void logs(JsonNode filter, ObjectNode answer) {
        int from = 0;
        int to = names.size() - 1;
        if (filter.has("fromBlock")) {
            from = Integer.parseInt(filter.path("fromBlock").asText().substring(2), 16);
            to = Integer.parseInt(filter.path("toBlock").asText().substring(2), 16);
            if (to - from + 1 > mostBlocks) {
                answer.putObject("error").put("message", "query returned more than it may");
                return;
            }
        }
        ArrayNode all = answer.putArray("result");
        for (int at = from; at <= Math.min(to, names.size() - 1); at++) {
            String name = names.get(at);
            boolean asked =
                    !filter.has("blockHash")
                            || filter.path("blockHash").asText().equals(hash(name));
            if (asked && logged.contains(name)) {
                log(all, at, BROKER, hash("Event()"));
            }
            if (asked && moved.contains(name)) {
                log(all, at, CONTROLLER, hash("SetContractInfo(bytes32,address,bytes20)"));
            }
        }
    }

    private void log(ArrayNode all, int at, String contract, String topic) {
        String name = names.get(at);
        ObjectNode log = all.addObject();
        log.put("address", contract)
                .put("data", "0x01")
                .put("blockNumber", hex(at))
                .put("blockHash", hash(name))
                .put("transactionHash", hash("tx " + name))
                .put("logIndex", "0x0");
        log.putArray("topics").add(topic);
    }

    private static String hex(long number) {
        return "0x" + Long.toHexString(number);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}

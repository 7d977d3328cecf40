package org.livepeer.flink.connectors.ethereum.rpc;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.livepeer.flink.operators.log.Repeats;
import org.slf4j.LoggerFactory;

/**
 * A node's JSON-RPC, at one of several endpoints: one that does not answer, or not in JSON, is left
 * for the next, and stays left as long as that one answers. What a node says in an address' path or
 * query is taken as a secret and stands in no log. Thread-safe.
 */
public final class EthRpc {
    private static final Repeats REPEATS = new Repeats(LoggerFactory.getLogger(EthRpc.class));
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int OK = 200;

    private final List<URI> endpoints;
    private final Duration patience;
    private final HttpClient http;
    private final AtomicLong ids = new AtomicLong();
    private final AtomicInteger current = new AtomicInteger();

    /**
     * @param endpoints http or https, in the order of choice
     * @param patience for each of them
     */
    public EthRpc(List<URI> endpoints, Duration patience) {
        if (endpoints.isEmpty()) {
            throw new IllegalArgumentException("an address of a node is needed: give -ethUrl URL");
        }
        for (URI each : endpoints) {
            if (each.getHost() == null || !String.valueOf(each.getScheme()).startsWith("http")) {
                throw new IllegalArgumentException(
                        "-ethUrl takes http:// or https:// addresses, with commas between them");
            }
        }
        this.endpoints = List.copyOf(endpoints);
        this.patience = patience;
        this.http = HttpClient.newBuilder().connectTimeout(patience).build();
    }

    /** Reads {@code URL[,URL]}. */
    public static EthRpc of(String urls) {
        List<URI> endpoints = new ArrayList<>();
        for (String each : urls.split(",")) {
            endpoints.add(URI.create(each.strip()));
        }
        return new EthRpc(endpoints, Duration.ofSeconds(10));
    }

    /**
     * Asks.
     *
     * @param parameters text, numbers, booleans, lists, maps or JSON
     * @throws RpcException when a node refuses, or none answers
     */
    public JsonNode call(String method, Object... parameters) throws RpcException {
        ObjectNode question = JSON.createObjectNode();
        question.put("jsonrpc", "2.0").put("id", ids.incrementAndGet()).put("method", method);
        ArrayNode all = question.putArray("params");
        for (Object each : parameters) {
            all.add(JSON.<JsonNode>valueToTree(each));
        }
        JsonNode answer = ask(method, question.toString());
        JsonNode error = answer.path("error");
        if (error.isObject()) {
            throw RpcException.answered(
                    method, error.path("message").asText(), error.path("data").asText(""));
        }
        return answer.path("result");
    }

    private JsonNode ask(String method, String question) throws RpcException {
        int first = current.get();
        Exception last = new IOException("not asked");
        for (int i = 0; i < endpoints.size(); i++) {
            int at = (first + i) % endpoints.size();
            try {
                JsonNode answer = ask(endpoints.get(at), question);
                current.set(at);
                return answer;
            } catch (IOException e) {
                last = e;
                REPEATS.warn(
                        "no answer of a node method={} host={} cause={}",
                        method,
                        endpoints.get(at).getHost(),
                        e.toString());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw RpcException.unreachable(method, hosts(), e);
            }
        }
        throw RpcException.unreachable(method, hosts(), last);
    }

    private JsonNode ask(URI endpoint, String question) throws IOException, InterruptedException {
        HttpResponse<String> response =
                http.send(
                        HttpRequest.newBuilder(endpoint)
                                .timeout(patience)
                                .header("content-type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofString(question))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        JsonNode answer;
        try {
            answer = JSON.readTree(response.body());
        } catch (JsonProcessingException e) {
            throw new IOException("status " + response.statusCode() + " and no JSON");
        }
        boolean usable =
                answer != null && (answer.has("result") || answer.path("error").isObject());
        if (!usable || (response.statusCode() != OK && answer.has("result"))) {
            throw new IOException("status " + response.statusCode() + " and no answer");
        }
        if (response.statusCode() >= 500 || response.statusCode() == 429) {
            throw new IOException("status " + response.statusCode());
        }
        return answer;
    }

    private String hosts() {
        return endpoints.stream().map(URI::getHost).toList().toString();
    }

    /** Goes on to the next endpoint, when the answers of this one are of no use. */
    public void leave() {
        current.updateAndGet(at -> (at + 1) % endpoints.size());
    }

    /** Number of the newest block. */
    public long blockNumber() throws RpcException {
        return number(call("eth_blockNumber")).longValueExact();
    }

    /** EIP-155 number of the chain. */
    public long chainId() throws RpcException {
        return number(call("eth_chainId")).longValueExact();
    }

    /** wei of a unit of gas. */
    public BigInteger gasPrice() throws RpcException {
        return number(call("eth_gasPrice"));
    }

    /** A block's header; empty when the node has none of that number. */
    public Optional<BlockHeader> header(long number) throws RpcException {
        JsonNode block = call("eth_getBlockByNumber", hex(number), false);
        return block.isObject() ? Optional.of(BlockHeader.read(block)) : Optional.empty();
    }

    /**
     * Logs of one block of some contracts, in their order.
     *
     * @param blockHash 32 bytes
     */
    public List<LogEntry> logs(byte[] blockHash, List<String> addresses) throws RpcException {
        ObjectNode filter = JSON.createObjectNode();
        filter.put("blockHash", hex(blockHash));
        filter.set("address", JSON.valueToTree(addresses));
        return logs(filter);
    }

    /** Logs of some contracts from one block to another, both included, in their order. */
    public List<LogEntry> logs(long from, long to, List<String> addresses) throws RpcException {
        ObjectNode filter = JSON.createObjectNode();
        filter.put("fromBlock", hex(from)).put("toBlock", hex(to));
        filter.set("address", JSON.valueToTree(addresses));
        return logs(filter);
    }

    private List<LogEntry> logs(ObjectNode filter) throws RpcException {
        List<LogEntry> logs = new ArrayList<>();
        for (JsonNode each : call("eth_getLogs", filter)) {
            logs.add(LogEntry.read(each));
        }
        return logs;
    }

    /**
     * Calls a contract without a transaction.
     *
     * @param data in hex
     * @param block a number in hex, or {@code latest}
     * @return in hex
     */
    public String view(String contract, String data, String block) throws RpcException {
        ObjectNode call = JSON.createObjectNode();
        call.put("to", contract).put("data", data);
        return call("eth_call", call, block).asText();
    }

    /** A number as nodes write it. */
    static BigInteger number(JsonNode hex) throws RpcException {
        String text = hex.asText();
        if (!text.matches("0x[0-9a-fA-F]{1,64}")) {
            throw RpcException.answered("a number", "'" + text + "' is none", "");
        }
        return new BigInteger(text.substring(2), 16);
    }

    static byte[] bytes(JsonNode hex) throws RpcException {
        String text = hex.asText();
        try {
            return HexFormat.of().parseHex(text.startsWith("0x") ? text.substring(2) : text);
        } catch (IllegalArgumentException e) {
            throw RpcException.answered("bytes", "'" + text + "' is no hex", "");
        }
    }

    /** {@code 0x} and digits. */
    public static String hex(long number) {
        return "0x" + Long.toHexString(number);
    }

    /** {@code 0x} and digits. */
    public static String hex(byte[] bytes) {
        return "0x" + HexFormat.of().formatHex(bytes);
    }
}

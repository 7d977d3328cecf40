package org.livepeer.flink.connectors.ethereum.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.livepeer.flink.operators.log.Repeats;
import org.slf4j.LoggerFactory;

/**
 * A node's JSON-RPC, at one of several endpoints: one that does not answer, or not in JSON, is left
 * for the next, and stays left as long as that one answers; so is one of another chain than the
 * first that said of which it is. What a node says in an address' path or query is taken as a
 * secret and stands in no log. Thread-safe.
 */
public final class EthRpc {
    private static final Repeats REPEATS = new Repeats(LoggerFactory.getLogger(EthRpc.class));
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String FORM =
            "-ethUrl takes http:// or https:// addresses, with commas between them";

    /** Bits. */
    private static final int LARGEST_COUNT = 53;

    /** Questions in one request; some nodes take no more. */
    private static final int MOST_AT_ONCE = 100;

    private final List<URI> endpoints;
    private final Post post;
    private final AtomicLong ids = new AtomicLong();
    private final AtomicInteger current = new AtomicInteger();
    private final AtomicReference<String> chain = new AtomicReference<>("");
    private final Set<URI> ofTheChain = ConcurrentHashMap.newKeySet();

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
                throw new IllegalArgumentException(FORM);
            }
        }
        this.endpoints = List.copyOf(endpoints);
        this.post = new Post(patience);
    }

    /** Reads {@code URL[,URL]}. */
    public static EthRpc of(String urls) {
        List<URI> endpoints = new ArrayList<>();
        try {
            for (String each : urls.split(",")) {
                endpoints.add(new URI(each.strip()));
            }
        } catch (URISyntaxException e) {
            // Its text holds the address, which may be a secret.
            throw new IllegalArgumentException(FORM);
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
        ObjectNode question = question(Question.of(method, parameters));
        return somewhere(method, at -> answer(method, single(at, question))).result();
    }

    /**
     * Asks several things at once, in as few requests as may be; a node that takes one question
     * only is asked one by one. What reaches no node, or is not answered in full, is asked again
     * elsewhere: nothing that may be done only once belongs here.
     *
     * @return an answer to each, in their order; a node may have refused some
     * @throws RpcException when no node answers
     */
    public List<Answer> batch(List<Question> questions) throws RpcException {
        List<Answer> answers = new ArrayList<>(questions.size());
        for (int from = 0; from < questions.size(); from += MOST_AT_ONCE) {
            List<Question> some =
                    questions.subList(from, Math.min(questions.size(), from + MOST_AT_ONCE));
            if (some.size() == 1) {
                ObjectNode one = question(some.get(0));
                String method = some.get(0).method();
                answers.add(somewhere(method, at -> answer(method, single(at, one))));
            } else {
                String what = some.size() + " questions";
                answers.addAll(somewhere(what, at -> several(at, some)));
            }
        }
        return answers;
    }

    private ObjectNode question(Question asked) {
        ObjectNode question = JSON.createObjectNode();
        question.put("jsonrpc", "2.0")
                .put("id", ids.incrementAndGet())
                .put("method", asked.method());
        ArrayNode all = question.putArray("params");
        for (Object each : asked.parameters()) {
            all.add(JSON.<JsonNode>valueToTree(each));
        }
        return question;
    }

    /** What is tried at one endpoint. */
    private interface Attempt<T> {
        T at(URI endpoint) throws IOException, InterruptedException;
    }

    /** The first use that an endpoint is of, from the current one on. */
    private <T> T somewhere(String what, Attempt<T> attempt) throws RpcException {
        int first = current.get();
        Exception last = new IOException("not asked");
        for (int i = 0; i < endpoints.size(); i++) {
            int at = (first + i) % endpoints.size();
            try {
                requireSameChain(endpoints.get(at));
                T answer = attempt.at(endpoints.get(at));
                current.set(at);
                return answer;
            } catch (IOException e) {
                last = e;
                // What comes back may be another node.
                ofTheChain.remove(endpoints.get(at));
                if (endpoints.size() > 1) {
                    REPEATS.warn(
                            "no answer of a node, the next is asked method={} host={} cause={}",
                            what,
                            endpoints.get(at).getHost(),
                            RpcException.text(e));
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw RpcException.unreachable(what, hosts(), e);
            }
        }
        throw RpcException.unreachable(what, hosts(), last);
    }

    /** Where there are several, each says of which chain it is before it is asked anything else. */
    private void requireSameChain(URI endpoint) throws IOException, InterruptedException {
        if (endpoints.size() == 1 || ofTheChain.contains(endpoint)) {
            return;
        }
        String said;
        try {
            said =
                    hex(
                            count(
                                    single(endpoint, question(Question.of("eth_chainId")))
                                            .path("result")));
        } catch (RpcException e) {
            throw new IOException("it does not say of which chain it is");
        }
        if (!chain.compareAndSet("", said) && !said.equals(chain.get())) {
            throw new IOException("it is of chain " + said + ", others are of " + chain.get());
        }
        ofTheChain.add(endpoint);
    }

    private List<Answer> several(URI endpoint, List<Question> asked)
            throws IOException, InterruptedException {
        ArrayNode all = JSON.createArrayNode();
        for (Question each : asked) {
            all.add(question(each));
        }
        JsonNode said = post.ask(endpoint, all);
        if (said.isArray()) {
            return matched(asked, all, said);
        }
        List<Answer> answers = new ArrayList<>(asked.size());
        for (int i = 0; i < asked.size(); i++) {
            answers.add(answer(asked.get(i).method(), single(endpoint, all.get(i))));
        }
        return answers;
    }

    private static List<Answer> matched(List<Question> asked, ArrayNode questions, JsonNode said)
            throws IOException {
        Map<String, JsonNode> byId = new HashMap<>();
        for (JsonNode each : said) {
            byId.put(each.path("id").asText(), each);
        }
        List<Answer> answers = new ArrayList<>(asked.size());
        for (int i = 0; i < asked.size(); i++) {
            JsonNode answer = byId.get(questions.get(i).path("id").asText());
            if (answer == null || !isAnswer(answer)) {
                throw new IOException("no answer to one of " + asked.size() + " questions");
            }
            answers.add(answer(asked.get(i).method(), answer));
        }
        return answers;
    }

    private static Answer answer(String method, JsonNode answer) {
        JsonNode error = answer.path("error");
        return error.isObject()
                ? Answer.refused(RpcException.answered(method, error))
                : Answer.of(answer.path("result"));
    }

    private static boolean isAnswer(JsonNode answer) {
        return answer.has("result") || answer.path("error").isObject();
    }

    private JsonNode single(URI endpoint, JsonNode question)
            throws IOException, InterruptedException {
        JsonNode answer = post.ask(endpoint, question);
        // A node that could not read the question does not know its id.
        boolean isOurs =
                answer.path("id").asText().equals(question.path("id").asText())
                        || answer.path("id").isNull() && answer.path("error").isObject();
        if (!isAnswer(answer) || !isOurs) {
            throw new IOException("no answer");
        }
        return answer;
    }

    private String hosts() {
        return endpoints.stream().map(URI::getHost).toList().toString();
    }

    /**
     * Addresses of nodes.
     *
     * @param ethUrl {@code URL[,URL]}, or a file with that: what stands in an address may be a
     *     secret
     */
    public static String urls(String ethUrl) {
        if (ethUrl.startsWith("http")) {
            return ethUrl;
        }
        try {
            return Files.readString(Path.of(ethUrl)).strip();
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "-ethUrl must be http:// or https:// addresses, or a file with them", e);
        }
    }

    /**
     * Holds what an endpoint says of its chain against what is known of it. If it is of another
     * one, each endpoint says again of which it is before it is asked anything else.
     *
     * @param chainId EIP-155 number of the chain; 0 when it is not known yet
     * @param said the endpoint's answer to {@code eth_chainId}
     * @return the chain's number
     * @throws RpcException when it is another one
     */
    public long requireChain(long chainId, JsonNode said) throws RpcException {
        long is = count(said);
        if (chainId == 0 || is == chainId) {
            return is;
        }
        chain.set(hex(chainId));
        ofTheChain.clear();
        throw RpcException.otherChain(is, chainId);
    }

    /** Goes on to the next endpoint, when the answers of this one are of no use. */
    public void leave() {
        current.updateAndGet(at -> (at + 1) % endpoints.size());
    }

    /** Number of the newest block. */
    public long blockNumber() throws RpcException {
        return count(call("eth_blockNumber"));
    }

    /** EIP-155 number of the chain. */
    public long chainId() throws RpcException {
        return count(call("eth_chainId"));
    }

    /** wei of a unit of gas. */
    public BigInteger gasPrice() throws RpcException {
        return number(call("eth_gasPrice"));
    }

    /** A block's header; empty when the node has none of that number. */
    public Optional<BlockHeader> header(long number) throws RpcException {
        JsonNode block = call("eth_getBlockByNumber", hex(number), false);
        if (block.isNull()) {
            return Optional.empty();
        }
        BlockHeader header = BlockHeader.read(block);
        if (header.number() != number) {
            throw RpcException.malformed("block " + number, "it is number " + header.number());
        }
        return Optional.of(header);
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
        JsonNode all = call("eth_getLogs", filter);
        if (!all.isArray()) {
            throw RpcException.malformed("logs", "'" + all + "' are none");
        }
        List<LogEntry> logs = new ArrayList<>();
        for (JsonNode each : all) {
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

    /**
     * A number as nodes write it.
     *
     * @throws RpcException when it is none
     */
    public static BigInteger number(JsonNode hex) throws RpcException {
        String text = hex.asText();
        if (!text.matches("0x[0-9a-fA-F]{1,64}")) {
            throw RpcException.malformed("a number", "'" + text + "' is none");
        }
        return new BigInteger(text.substring(2), 16);
    }

    /**
     * A number of blocks, seconds or the like; as ms it is still a {@code long}.
     *
     * @throws RpcException when it is none, or larger than any of them
     */
    public static long count(JsonNode hex) throws RpcException {
        BigInteger number = number(hex);
        if (number.bitLength() > LARGEST_COUNT) {
            throw RpcException.malformed("a number", number + " is too large");
        }
        return number.longValueExact();
    }

    /**
     * Bytes as nodes write them.
     *
     * @throws RpcException when they are none
     */
    public static byte[] bytes(JsonNode hex) throws RpcException {
        String text = hex.asText();
        try {
            if (text.startsWith("0x")) {
                return HexFormat.of().parseHex(text.substring(2));
            }
        } catch (IllegalArgumentException e) {
            // Said below.
        }
        throw RpcException.malformed("bytes", "'" + text + "' is no hex");
    }

    /**
     * Bytes of a given length.
     *
     * @throws RpcException when they are none, or more or less of them
     */
    static byte[] bytes(JsonNode hex, int length) throws RpcException {
        byte[] bytes = bytes(hex);
        if (bytes.length != length) {
            throw RpcException.malformed(length + " bytes", "there are " + bytes.length);
        }
        return bytes;
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

package org.livepeer.flink.jobs.payment;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.StreamSupport;

/** A node's JSON-RPC that turns bad, for as long as a test wants it to. */
final class SpoiledRpc implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    static {
        // Else each answer waits 40 ms for the end of its packet.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    /** How. */
    enum Spoil {
        NOT,
        /** A page of whatever stands before the node. */
        PAGE,
        /** The same with status 502. */
        BAD_GATEWAY,
        /** A refusal in JSON with status 429. */
        TOO_MANY,
        EMPTY,
        /** Half of the right answer, then the connection ends. */
        TRUNCATED,
        /** Results that are objects, lists, numbers and null where they should not be. */
        WRONG_TYPES,
        /** Numbers larger than anything has. */
        TOO_LARGE,
        /** A refusal of each question, in two lines. */
        REFUSED,
        /** A list without an end. */
        ENDLESS,
        /** The right answers, but that it is of chain 1. */
        OTHER_CHAIN
    }

    private static final List<Object> TYPES =
            Arrays.asList(Map.of(), List.of(), true, 12, null, "abc", List.of(Map.of("a", 1)));

    private final URI node;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpClient http = HttpClient.newHttpClient();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private volatile Spoil spoil = Spoil.NOT;

    SpoiledRpc(URI node) throws IOException {
        this.node = node;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::handle);
        server.setExecutor(threads);
        server.start();
    }

    String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** Answers so from now on. */
    void answer(Spoil how) {
        spoil = how;
        asked.clear();
    }

    /** Methods of the questions since it was told how to answer. */
    List<String> asked() {
        return List.copyOf(asked);
    }

    private void handle(HttpExchange exchange) throws IOException {
        Spoil how = spoil;
        try (exchange) {
            JsonNode question = JSON.readTree(exchange.getRequestBody().readAllBytes());
            asked.addAll(question.findValuesAsText("method"));
            answer(exchange, how, question);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void answer(HttpExchange exchange, Spoil how, JsonNode question)
            throws IOException, InterruptedException {
        switch (how) {
            case NOT -> say(exchange, 200, ask(question).toString());
            case PAGE -> say(exchange, 200, "<html><body>Checking your browser</body></html>");
            case BAD_GATEWAY -> say(exchange, 502, "<html>502 Bad Gateway</html>");
            case TOO_MANY ->
                    say(exchange, 429, "{\"error\":{\"code\":-32005,\"message\":\"slow down\"}}");
            case EMPTY -> say(exchange, 200, "");
            case TRUNCATED -> {
                byte[] bytes = ask(question).toString().getBytes(UTF_8);
                exchange.sendResponseHeaders(200, bytes.length);
                exchange.getResponseBody().write(bytes, 0, bytes.length / 2);
            }
            case ENDLESS -> {
                exchange.sendResponseHeaders(200, 0);
                byte[] some = "[1,".repeat(1 << 16).getBytes(UTF_8);
                while (true) {
                    exchange.getResponseBody().write(some);
                }
            }
            case WRONG_TYPES, TOO_LARGE, REFUSED, OTHER_CHAIN -> {
                JsonNode answer = ask(question);
                List<JsonNode> questions = parts(question);
                List<JsonNode> answers = parts(answer);
                for (int i = 0; i < answers.size(); i++) {
                    String method = questions.get(i).path("method").asText();
                    twist(how, i, method, (ObjectNode) answers.get(i));
                }
                say(exchange, 200, answer.toString());
            }
        }
    }

    private static void twist(Spoil how, int at, String method, ObjectNode answer) {
        switch (how) {
            case WRONG_TYPES ->
                    answer.set("result", JSON.valueToTree(TYPES.get(at % TYPES.size())));
            case TOO_LARGE -> answer.put("result", "0x" + "f".repeat(64));
            case REFUSED -> {
                answer.remove("result");
                answer.putObject("error").put("code", -32005).put("message", "limit\nexceeded");
            }
            default -> {
                if (method.equals("eth_chainId")) {
                    answer.put("result", "0x1");
                }
            }
        }
    }

    private static List<JsonNode> parts(JsonNode message) {
        return message.isArray()
                ? StreamSupport.stream(message.spliterator(), false).toList()
                : List.of(message);
    }

    private static void say(HttpExchange exchange, int status, String text) throws IOException {
        byte[] bytes = text.getBytes(UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    private JsonNode ask(JsonNode question) throws IOException, InterruptedException {
        return JSON.readTree(
                http.send(
                                HttpRequest.newBuilder(node)
                                        .header("content-type", "application/json")
                                        .POST(BodyPublishers.ofString(question.toString()))
                                        .build(),
                                BodyHandlers.ofString())
                        .body());
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}

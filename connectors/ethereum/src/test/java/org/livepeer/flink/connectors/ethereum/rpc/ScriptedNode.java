package org.livepeer.flink.connectors.ethereum.rpc;

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
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;

/** A node that answers what a test says, well or badly. */
public final class ScriptedNode implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    static {
        // Else each answer waits 40 ms for the end of its packet.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    /** What it says to one question. */
    @FunctionalInterface
    public interface Script {
        /** A result, as Jackson writes it; a {@link Refusal} for an error. */
        Object answer(String method, JsonNode parameters);
    }

    /** An error instead of a result. */
    public record Refusal(int code, String message, String data) {}

    /** Requests as they came. */
    public final List<JsonNode> requests = new CopyOnWriteArrayList<>();

    /** Changes what it says to a request. */
    public volatile Function<String, String> twist = Function.identity();

    /** Whether it takes several questions at once. */
    public volatile boolean takesBatches = true;

    public volatile int status = 200;

    /** An answer whose end does not come. */
    public enum Endless {
        NOT,
        /** More and more comes. */
        FAST,
        /** Nothing more comes. */
        SILENT
    }

    public volatile Endless endless = Endless.NOT;

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Script script;

    public ScriptedNode(Script script) throws IOException {
        this.script = script;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.setExecutor(threads);
        server.start();
    }

    public URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
    }

    private void answer(HttpExchange exchange) throws IOException {
        JsonNode request = JSON.readTree(exchange.getRequestBody().readAllBytes());
        requests.add(request);
        if (endless != Endless.NOT) {
            goOn(exchange);
            return;
        }
        byte[] bytes = twist.apply(answer(request).toString()).getBytes(UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private void goOn(HttpExchange exchange) throws IOException {
        try (exchange) {
            exchange.sendResponseHeaders(status, 0);
            byte[] some = new byte[1 << 16];
            Arrays.fill(some, (byte) '[');
            exchange.getResponseBody().write(some);
            exchange.getResponseBody().flush();
            while (endless == Endless.FAST) {
                exchange.getResponseBody().write(some);
            }
            Thread.sleep(60_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private JsonNode answer(JsonNode request) {
        if (!request.isArray()) {
            return one(request);
        }
        if (!takesBatches) {
            ObjectNode no = JSON.createObjectNode();
            no.putObject("error").put("code", -32600).put("message", "one question at a time");
            return no;
        }
        ArrayNode all = JSON.createArrayNode();
        // In another order than asked, as nodes may.
        for (int i = request.size() - 1; i >= 0; i--) {
            all.add(one(request.get(i)));
        }
        return all;
    }

    private ObjectNode one(JsonNode question) {
        ObjectNode answer = JSON.createObjectNode();
        answer.put("jsonrpc", "2.0").set("id", question.path("id"));
        Object said = script.answer(question.path("method").asText(), question.path("params"));
        answer.set(said instanceof Refusal ? "error" : "result", JSON.valueToTree(said));
        return answer;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}

package org.livepeer.flink.jobs.payment;

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
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A node's JSON-RPC as one sees it through a bad network and a balancer whose nodes lag: questions
 * and answers are lost, late, asked twice, or answered with what was the answer before. {@code
 * -Dlivepeer.rpc.faults=PERCENT} of the questions, {@code -Dlivepeer.rpc.seed=N} for others.
 */
final class FaultyRpc implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    static {
        // Else each answer waits 40 ms for the end of its packet.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private static final int OK = 200;
    private static final int LATEST_MS = 2_000;

    /** What goes wrong with a question. */
    private enum Fault {
        /** It does not arrive, and the connection breaks. */
        QUESTION_LOST,
        /** It is carried out, and the connection breaks: nobody can know. */
        ANSWER_LOST,
        /** It is answered after up to {@value #LATEST_MS} ms. */
        LATE,
        /** The node gets it twice; the second answer comes back. */
        TWICE,
        /** The answer to another question comes, as it was. */
        ANOTHERS_ANSWER,
        /** The same question's answer of some time ago comes, with the ids put right. */
        OLD_ANSWER
    }

    private final URI node;
    private final int percent;
    private final Random random = new Random(Long.getLong("livepeer.rpc.seed", 7));
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpClient http = HttpClient.newHttpClient();
    private final Map<String, String> answers = new HashMap<>();
    private final Map<Fault, Integer> counts = new EnumMap<>(Fault.class);
    private int asked;
    private int faults;
    private String last = "";

    /**
     * @param usual percent of the questions that meet a fault, unless the property says another
     */
    FaultyRpc(URI node, int usual) throws IOException {
        this.node = node;
        this.percent = Integer.getInteger("livepeer.rpc.faults", usual);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::handle);
        server.setExecutor(threads);
        server.start();
    }

    /** Where questions go; the node itself when no fault is asked for. */
    URI address() {
        return isFaulty() ? URI.create("http://127.0.0.1:" + server.getAddress().getPort()) : node;
    }

    /** What went wrong so far, and of how many questions. */
    synchronized String summary() {
        return counts + " of " + asked;
    }

    /** Whether faults were asked for. */
    boolean isFaulty() {
        return percent > 0;
    }

    /** Whether every kind of fault has happened. */
    synchronized boolean hadAll() {
        return counts.size() == Fault.values().length;
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] question = exchange.getRequestBody().readAllBytes();
            Fault fault = fault();
            String answer = fault == null ? ask(question) : spoiled(fault, question);
            if (answer != null) {
                byte[] bytes = answer.getBytes(java.nio.charset.StandardCharsets.UTF_8);
                exchange.getResponseHeaders().set("content-type", "application/json");
                exchange.sendResponseHeaders(OK, bytes.length);
                exchange.getResponseBody().write(bytes);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized Fault fault() {
        asked++;
        if (random.nextInt(100) >= percent) {
            return null;
        }
        Fault fault = Fault.values()[faults++ % Fault.values().length];
        counts.merge(fault, 1, Integer::sum);
        return fault;
    }

    private String spoiled(Fault fault, byte[] question) throws IOException, InterruptedException {
        return switch (fault) {
            case QUESTION_LOST -> null;
            case ANSWER_LOST -> {
                ask(question);
                yield null;
            }
            case LATE -> {
                Thread.sleep(delay());
                yield ask(question);
            }
            case TWICE -> {
                ask(question);
                yield ask(question);
            }
            case ANOTHERS_ANSWER -> {
                String before = last();
                ask(question);
                yield before;
            }
            case OLD_ANSWER -> {
                String old = old(question);
                yield old == null ? ask(question) : old;
            }
        };
    }

    private synchronized int delay() {
        return random.nextInt(LATEST_MS);
    }

    private synchronized String last() {
        return last;
    }

    private String ask(byte[] question) throws IOException, InterruptedException {
        HttpResponse<String> response =
                http.send(
                        HttpRequest.newBuilder(node)
                                .header("content-type", "application/json")
                                .POST(BodyPublishers.ofByteArray(question))
                                .build(),
                        BodyHandlers.ofString());
        synchronized (this) {
            last = response.body();
            answers.put(withoutIds(question), last);
        }
        return response.body();
    }

    private static String withoutIds(byte[] question) throws IOException {
        JsonNode all = JSON.readTree(question);
        parts(all).forEach(each -> each.put("id", 0));
        return all.toString();
    }

    private static List<ObjectNode> parts(JsonNode message) {
        List<ObjectNode> parts = new ArrayList<>();
        if (message.isArray()) {
            message.forEach(each -> parts.add((ObjectNode) each));
        } else {
            parts.add((ObjectNode) message);
        }
        return parts;
    }

    /** The last answer to the same question; null when there is none. */
    private synchronized String old(byte[] question) throws IOException {
        String old = answers.get(withoutIds(question));
        if (old == null) {
            return null;
        }
        List<ObjectNode> questions = parts(JSON.readTree(question));
        JsonNode answer = JSON.readTree(old);
        List<ObjectNode> parts = parts(answer);
        for (int i = 0; i < Math.min(parts.size(), questions.size()); i++) {
            parts.get(i).set("id", questions.get(i).get("id"));
        }
        return answer.toString();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}

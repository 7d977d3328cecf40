package org.livepeer.flink.jobs.payment;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HexFormat;
import org.livepeer.flink.connectors.ethereum.feed.PriceFeed;
import org.livepeer.flink.connectors.ethereum.rpc.EthRpc;

/** A node of a chain that has nothing but an ETH / USD aggregator, which says what a test says. */
final class ScriptedFeed implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String NAME = "ETH / USD";
    private final HttpServer server;
    private volatile BigInteger answer = BigInteger.ZERO;
    private volatile long updatedAtS;

    ScriptedFeed() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    /** Dollars of an ether, in whole numbers. */
    void say(long dollars, long atS) {
        answer = BigInteger.valueOf(dollars).multiply(BigInteger.TEN.pow(8));
        updatedAtS = atS;
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/";
    }

    PriceFeed feed() {
        return new PriceFeed(EthRpc.of(url()), "0x" + "fe".repeat(20));
    }

    private static String word(BigInteger number) {
        return String.format("%064x", number.and(BigInteger.TWO.pow(256).subtract(BigInteger.ONE)));
    }

    private static String word(long number) {
        return word(BigInteger.valueOf(number));
    }

    private void answer(HttpExchange exchange) throws IOException {
        JsonNode request = JSON.readTree(exchange.getRequestBody().readAllBytes());
        String selector = request.path("params").path(0).path("data").asText();
        String said =
                switch (selector) {
                    case "0x7284e416" ->
                            word(32)
                                    + word(NAME.length())
                                    + HexFormat.of().formatHex(NAME.getBytes(US_ASCII))
                                    + "0".repeat(64 - 2 * NAME.length());
                    case "0x313ce567" -> word(8);
                    default ->
                            word(updatedAtS)
                                    + word(answer)
                                    + word(updatedAtS)
                                    + word(updatedAtS)
                                    + word(updatedAtS);
                };
        byte[] bytes =
                JSON.createObjectNode()
                        .put("jsonrpc", "2.0")
                        .put("result", "0x" + said)
                        .set("id", request.path("id"))
                        .toString()
                        .getBytes(UTF_8);
        exchange.sendResponseHeaders(200, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}

package org.livepeer.flink.connectors.edge.objectstore;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A bucket named {@code pics} on loopback. A write must be signed (AWS signature version 4, worked
 * out here by the published rules) by the one key that there is, over a body of the hash that it
 * names; everybody reads.
 */
public final class S3Server implements AutoCloseable {
    public static final String ACCESS_KEY = "AKIDEXAMPLE";
    public static final String SECRET_KEY = "wJalr/XUtn+FEMIK7MDENG%bPxRfiCYEXAMPLEKEY";

    private static final Pattern AUTHORIZATION =
            Pattern.compile(
                    "AWS4-HMAC-SHA256 Credential=([^/]+)/(\\d{8})/([^/]+)/s3/aws4_request,"
                            + " *SignedHeaders=([^,]+), *Signature=([0-9a-f]{64})");
    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    /**
     * What was written.
     *
     * @param access list that came with it; null for none
     */
    public record Stored(byte[] bytes, String contentType, String access) {}

    /** Answers a write instead of the bucket; 0 leaves it to the bucket, below 0 hangs up. */
    @FunctionalInterface
    public interface Trouble {
        int status(HttpExchange exchange) throws IOException;
    }

    public final Map<String, Stored> objects = new ConcurrentHashMap<>();

    /** Paths of all writes that came, whatever became of them. */
    public final List<String> writes = new CopyOnWriteArrayList<>();

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpServer server;
    private volatile Trouble trouble = exchange -> 0;
    private volatile String troubleCode = "SlowDown";

    public S3Server() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::serve);
        server.start();
    }

    /** As an operator writes it. */
    public String url(String prefix) {
        return url(prefix, SECRET_KEY);
    }

    public String url(String prefix, String secret) {
        return "s3+http://"
                + ACCESS_KEY
                + ":"
                + secret.replace("%", "%25").replace("/", "%2F")
                + "@"
                + host()
                + "/pics/"
                + prefix;
    }

    /** Of the objects' URLs. */
    public String base() {
        return "http://" + host() + "/pics/";
    }

    private String host() {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    /** Has writes meet something, with that code in the answer. */
    public void troubles(String code, Trouble what) {
        troubleCode = code;
        trouble = what;
    }

    public void isWell() {
        trouble = exchange -> 0;
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getRawPath();
            if (exchange.getRequestMethod().equals("PUT")) {
                writes.add(path);
                int status = trouble.status(exchange);
                if (status < 0) {
                    return;
                }
                byte[] body = exchange.getRequestBody().readAllBytes();
                if (status > 0) {
                    fail(exchange, status, troubleCode);
                } else {
                    write(exchange, path, body);
                }
                return;
            }
            Stored stored = objects.get(path);
            if (stored == null) {
                fail(exchange, 404, "NoSuchKey");
                return;
            }
            exchange.getResponseHeaders().set("content-type", stored.contentType());
            exchange.sendResponseHeaders(200, stored.bytes().length);
            exchange.getResponseBody().write(stored.bytes());
        }
    }

    private void write(HttpExchange exchange, String path, byte[] body) throws IOException {
        String fault = fault(exchange, body);
        if (!fault.isEmpty()) {
            fail(exchange, 403, fault);
            return;
        }
        if (!path.startsWith("/pics/")) {
            fail(exchange, 404, "NoSuchBucket");
            return;
        }
        Headers headers = exchange.getRequestHeaders();
        objects.put(
                path,
                new Stored(body, headers.getFirst("content-type"), headers.getFirst("x-amz-acl")));
        exchange.getResponseHeaders().set("etag", "\"1\"");
        exchange.sendResponseHeaders(200, -1);
    }

    /** Says more than it should, as stores do. */
    private static void fail(HttpExchange exchange, int status, String code) throws IOException {
        String authorization = exchange.getRequestHeaders().getFirst("authorization");
        byte[] text =
                ("<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>"
                                + code
                                + "</Code><Message>refused "
                                + authorization
                                + "</Message></Error>")
                        .getBytes(UTF_8);
        exchange.getResponseHeaders().set("content-type", "application/xml");
        exchange.sendResponseHeaders(status, text.length);
        exchange.getResponseBody().write(text);
    }

    /** What is wrong with a signature; empty when nothing is. */
    private static String fault(HttpExchange exchange, byte[] body) {
        Headers headers = exchange.getRequestHeaders();
        String given = headers.getFirst("authorization");
        Matcher signed = AUTHORIZATION.matcher(given == null ? "" : given);
        if (!signed.matches()) {
            return "AccessDenied";
        }
        if (!signed.group(1).equals(ACCESS_KEY)) {
            return "InvalidAccessKeyId";
        }
        String time = headers.getFirst("x-amz-date");
        Instant at = Instant.from(DATE.parse(time));
        if (Math.abs(Instant.now().getEpochSecond() - at.getEpochSecond()) > 900
                || !time.startsWith(signed.group(2))) {
            return "RequestTimeTooSkewed";
        }
        String hash = HexFormat.of().formatHex(sha256(body));
        if (!hash.equals(headers.getFirst("x-amz-content-sha256"))) {
            return "XAmzContentSHA256Mismatch";
        }
        List<String> names = List.of(signed.group(4).split(";"));
        if (!names.containsAll(List.of("host", "x-amz-content-sha256", "x-amz-date"))) {
            return "AccessDenied";
        }
        String request =
                String.join(
                        "\n",
                        exchange.getRequestMethod(),
                        exchange.getRequestURI().getRawPath(),
                        query(exchange.getRequestURI().getRawQuery()),
                        names.stream()
                                .map(name -> name + ":" + value(headers, name) + "\n")
                                .collect(Collectors.joining()),
                        signed.group(4),
                        hash);
        String scope = signed.group(2) + "/" + signed.group(3) + "/s3/aws4_request";
        String toSign =
                String.join(
                        "\n",
                        "AWS4-HMAC-SHA256",
                        time,
                        scope,
                        HexFormat.of().formatHex(sha256(request.getBytes(UTF_8))));
        byte[] key = ("AWS4" + SECRET_KEY).getBytes(UTF_8);
        for (String part : scope.split("/")) {
            key = hmac(key, part);
        }
        return HexFormat.of().formatHex(hmac(key, toSign)).equals(signed.group(5))
                ? ""
                : "SignatureDoesNotMatch";
    }

    private static String query(String raw) {
        return raw == null
                ? ""
                : Arrays.stream(raw.split("&"))
                        .map(part -> part.contains("=") ? part : part + "=")
                        .sorted()
                        .collect(Collectors.joining("&"));
    }

    private static String value(Headers headers, String name) {
        return headers.getOrDefault(name, List.of()).stream()
                .map(value -> value.strip().replaceAll(" +", " "))
                .collect(Collectors.joining(","));
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}

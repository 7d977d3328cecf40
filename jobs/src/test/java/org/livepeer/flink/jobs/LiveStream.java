package org.livepeer.flink.jobs;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.connectors.kafka.client.SegmentProducer;
import org.livepeer.flink.connectors.transcoder.media.SyntheticOptions;
import org.livepeer.flink.connectors.transcoder.media.SyntheticSource;

/**
 * A stream of real segments that is pushed without a pause, each fifth of them uploaded through an
 * edge first, and whose answers are watched as they come.
 */
final class LiveStream implements AutoCloseable {
    static final String MANIFEST = "live";
    private static final long EVERY_MS = 500;
    private static final int UPLOAD_EACH = 5;

    /** A slow machine makes the stream slower instead of having its segments refused as busy. */
    private static final int OPEN_AT_MOST = 32;

    private static final Duration BOUND = Duration.ofSeconds(120);

    private final KafkaAddress kafka;
    private final URI edge;
    private final String token;
    private final String profiles;
    private final List<byte[]> media = new ArrayList<>();
    private final Map<Long, Long> pushedAt = new ConcurrentSkipListMap<>();
    private final Map<Long, Long> answeredAt = new ConcurrentHashMap<>();
    private final Map<Long, String> answers = new ConcurrentHashMap<>();
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    private volatile boolean pushing = true;
    private volatile boolean watching = true;
    private volatile Throwable failure;
    private final Thread pusher = new Thread(() -> guarded(this::push), "pusher");
    private final Thread watcher = new Thread(() -> guarded(this::watch), "watcher");

    /**
     * @param token what the edge asks for before it takes an upload; of no use where it asks nobody
     */
    LiveStream(KafkaAddress kafka, URI edge, String token, String profiles) {
        this.kafka = kafka;
        this.edge = edge;
        this.token = token;
        this.profiles = profiles;
        try (SyntheticSource source =
                new SyntheticSource(SyntheticOptions.of(320, 180, 30).withSegmentMs(1_000))) {
            for (int i = 0; i < 4; i++) {
                media.add(source.next().bytes());
            }
        }
    }

    void start() {
        watcher.start();
        pusher.start();
    }

    private interface Loop {
        void run() throws Exception;
    }

    private void guarded(Loop loop) {
        try {
            loop.run();
        } catch (Exception | AssertionError e) {
            failure = e;
        }
    }

    private void push() throws Exception {
        try (SegmentProducer producer = new SegmentProducer(kafka)) {
            for (long seq = 0; pushing; seq++) {
                byte[] bytes = media.get((int) (seq % media.size()));
                Map<String, String> headers = new LinkedHashMap<>();
                headers.put("livepeer-deadline-ms", "90000");
                if (seq % UPLOAD_EACH == UPLOAD_EACH - 1) {
                    headers.putAll(upload(bytes));
                    bytes = new byte[0];
                }
                pushedAt.put(seq, System.currentTimeMillis());
                producer.pushRaw(MANIFEST, seq, 1_000, profiles, bytes, headers)
                        .get(120, TimeUnit.SECONDS);
                do {
                    TimeUnit.MILLISECONDS.sleep(EVERY_MS);
                } while (pushing && pushedAt.size() - answeredAt.size() >= OPEN_AT_MOST);
            }
        }
    }

    /** Uploads, again while the edge is away; answers the headers that name the media. */
    private Map<String, String> upload(byte[] bytes) throws Exception {
        long end = System.nanoTime() + BOUND.toNanos();
        while (true) {
            try {
                HttpResponse<String> response =
                        http.send(
                                HttpRequest.newBuilder(edge.resolve("/upload"))
                                        .timeout(Duration.ofSeconds(5))
                                        .header("Authorization", "Bearer " + token)
                                        .PUT(HttpRequest.BodyPublishers.ofByteArray(bytes))
                                        .build(),
                                HttpResponse.BodyHandlers.ofString());
                if (response.statusCode() == 200) {
                    return Map.of(
                            "livepeer-reference", field(response.body(), "name"),
                            "livepeer-reference-length", Integer.toString(bytes.length),
                            "livepeer-reference-sha256", field(response.body(), "sha256"));
                }
            } catch (IOException e) {
                if (System.nanoTime() > end) {
                    throw e;
                }
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    private static String field(String json, String name) {
        return json.replaceFirst(".*\"" + name + "\":\"([^\"]*)\".*", "$1");
    }

    private void watch() throws InterruptedException {
        try (TopicTail renditions = new TopicTail(kafka, Topics.RENDITIONS)) {
            int[] done = {0};
            while (watching) {
                renditions.until(
                        all -> {
                            for (; done[0] < all.size(); done[0]++) {
                                take(all.get(done[0]));
                            }
                            return !watching;
                        },
                        Duration.ofDays(1));
            }
        }
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
        long seq = Long.parseLong(TopicTail.header(record, "livepeer-seq"));
        answers.merge(
                seq, TopicTail.header(record, "livepeer-status"), (a, b) -> a.equals("ok") ? a : b);
        answeredAt.putIfAbsent(seq, record.timestamp());
    }

    /** Ends pushing and waits until all that was pushed is answered. */
    Map<Long, String> finish() throws InterruptedException {
        pushing = false;
        pusher.join(BOUND.toMillis());
        long end = System.nanoTime() + BOUND.toNanos();
        while (answers.size() < pushedAt.size() && System.nanoTime() < end && failure == null) {
            TimeUnit.MILLISECONDS.sleep(100);
        }
        if (failure != null) {
            throw new AssertionError("the stream itself failed", failure);
        }
        return new TreeMap<>(answers);
    }

    /** How many segments came back. */
    long delivered() {
        return answers.values().stream().filter("ok"::equals).count();
    }

    int pushed() {
        return pushedAt.size();
    }

    /**
     * Longest time from push to answer, ms, of segments pushed between two instants; below zero
     * when none of them is answered.
     */
    long longestAnswer(long fromMs, long toMs) {
        return pushedAt.entrySet().stream()
                .filter(e -> e.getValue() >= fromMs && e.getValue() < toMs)
                .filter(e -> answeredAt.containsKey(e.getKey()))
                .mapToLong(e -> answeredAt.get(e.getKey()) - e.getValue())
                .max()
                .orElse(-1);
    }

    /**
     * Longest time without an answer between two instants, ms, the time before the first and after
     * the last of them too; a segment comes each half second.
     */
    long longestGap(long fromMs, long toMs) {
        long longest = 0;
        long last = fromMs;
        for (long at : answeredAt.values().stream().sorted().toList()) {
            if (at >= fromMs && at < toMs) {
                longest = Math.max(longest, at - last);
                last = at;
            }
        }
        return Math.max(longest, toMs - last);
    }

    /** Numbers of the segments that were refused or failed. */
    Map<Long, String> notDelivered() {
        Map<Long, String> failed = new TreeMap<>(answers);
        failed.values().removeIf("ok"::equals);
        return failed;
    }

    /** What an edge answers to a GET; empty when it does not. */
    byte[] get(URI at, String path) throws InterruptedException {
        try {
            HttpResponse<byte[]> response =
                    http.send(
                            HttpRequest.newBuilder(at.resolve(path)).build(),
                            HttpResponse.BodyHandlers.ofByteArray());
            return response.statusCode() == 200 ? response.body() : new byte[0];
        } catch (IOException e) {
            return new byte[0];
        }
    }

    /** Paths of the segments that an edge's playlist of a rendition names, by their numbers. */
    Map<Long, String> playlist(URI at, String rendition) throws InterruptedException {
        URI list = URI.create("/stream/" + MANIFEST + "/" + rendition + ".m3u8");
        Map<Long, String> segments = new TreeMap<>();
        long number = 0;
        for (String line : new String(get(at, list.toString()), UTF_8).split("\\R")) {
            if (line.startsWith("#EXT-X-MEDIA-SEQUENCE:")) {
                number = Long.parseLong(line.substring(line.indexOf(':') + 1));
            } else if (!line.isBlank() && !line.startsWith("#")) {
                segments.put(number++, list.resolve(line).toString());
            }
        }
        return segments;
    }

    @Override
    public void close() {
        pushing = false;
        watching = false;
        pusher.interrupt();
        try {
            pusher.join(5_000);
            watcher.join(5_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

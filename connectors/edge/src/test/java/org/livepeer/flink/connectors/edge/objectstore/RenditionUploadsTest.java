package org.livepeer.flink.connectors.edge.objectstore;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.livepeer.flink.connectors.storage.SharedDirectoryStore;
import org.livepeer.flink.connectors.storage.StoreOptions;
import org.livepeer.flink.schemas.OutputFormat;
import org.livepeer.flink.schemas.Rendition;

class RenditionUploadsTest {
    @TempDir Path folder;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final Kept kept = new Kept();
    private SharedDirectoryStore segments;
    private RenditionUploads uploads;

    /** Something that a put does before it keeps what it was given. */
    private interface Hindrance {
        void meet(String key) throws Exception;
    }

    private static final class Kept implements ObjectStore {
        final Map<String, byte[]> objects = new ConcurrentHashMap<>();
        final Map<String, String> types = new ConcurrentHashMap<>();
        final List<Duration> times = new CopyOnWriteArrayList<>();
        volatile Hindrance hindrance = key -> {};

        @Override
        public void put(String key, Media media, Duration time) throws IOException {
            times.add(time);
            try (InputStream in = media.source().open()) {
                hindrance.meet(key);
                byte[] bytes = in.readAllBytes();
                assertThat(bytes).hasSize((int) media.length());
                objects.put(key, bytes);
                types.put(key, media.contentType());
            } catch (IOException | RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IOException(e);
            }
        }

        @Override
        public String url(String key) {
            return "http://store/" + key;
        }

        @Override
        public void close() {}
    }

    @BeforeEach
    void open() throws IOException {
        segments = new SharedDirectoryStore(StoreOptions.of(folder));
        uploads = new RenditionUploads(kept, segments, meters);
    }

    @AfterEach
    void close() {
        uploads.close();
    }

    private static Rendition.Builder rendition(String name, String media) {
        return Rendition.newBuilder()
                .setName(name)
                .setWidth(320)
                .setHeight(180)
                .setFrames(1)
                .setPixels(1)
                .setBitrate(1)
                .setFormat(OutputFormat.MPEGTS)
                .setPayload(ByteBuffer.wrap(media.getBytes(UTF_8)));
    }

    private List<String> write(long seq, Rendition... renditions) throws Exception {
        return uploads.write("session", seq, List.of(renditions), 5_000).get(10, TimeUnit.SECONDS);
    }

    @Test
    void renditionsAreWrittenUnderTheirKeysWithTheirTypes() throws Exception {
        // Given
        Rendition small = rendition("240p", "small").build();
        Rendition mp4 =
                rendition("720p", "")
                        .setFormat(OutputFormat.MP4)
                        .setReference(segments.put(ByteBuffer.wrap("large".getBytes(UTF_8))))
                        .setPerceptualHash(ByteBuffer.wrap(new byte[] {1, 2}))
                        .build();

        // When
        List<String> urls = write(7, small, mp4);

        // Then
        assertThat(urls)
                .containsExactly(
                        "http://store/session/240p/7.ts", "http://store/session/720p/7.mp4");
        assertThat(kept.objects.get("session/240p/7.ts")).asString(UTF_8).isEqualTo("small");
        assertThat(kept.objects.get("session/720p/7.mp4")).asString(UTF_8).isEqualTo("large");
        assertThat(kept.objects.get("session/720p/7.mp4.phash")).containsExactly(1, 2);
        assertThat(kept.types)
                .containsOnly(
                        Map.entry("session/240p/7.ts", "video/mp2t"),
                        Map.entry("session/720p/7.mp4", "video/mp4"),
                        Map.entry("session/720p/7.mp4.phash", "application/octet-stream"));
        assertThat(meters.get("livepeer.edge.objects").tag("status", "ok").timer().count())
                .isEqualTo(3);
    }

    @Test
    void theyAreWrittenAtTheSameTime() throws Exception {
        CyclicBarrier all = new CyclicBarrier(3);
        kept.hindrance = key -> all.await(5, TimeUnit.SECONDS);

        assertThat(
                        write(
                                1,
                                rendition("a", "a").build(),
                                rendition("b", "b").build(),
                                rendition("c", "c").build()))
                .hasSize(3);
    }

    @Test
    void theSameIsNotWrittenTwiceAndOtherMediaIs() throws Exception {
        write(1, rendition("a", "one").build(), rendition("b", "one").build());
        List<String> again = write(1, rendition("a", "one").build(), rendition("b", "two").build());

        assertThat(again)
                .containsExactly("http://store/session/a/1.ts", "http://store/session/b/1.ts");
        assertThat(kept.times).hasSize(3);
        assertThat(kept.objects.get("session/b/1.ts")).asString(UTF_8).isEqualTo("two");
    }

    @Test
    void oneThatFailsFailsTheAnswerAtOnceAndIsWrittenNextTime() throws Exception {
        // Given
        CountDownLatch end = new CountDownLatch(1);
        kept.hindrance =
                key -> {
                    if (key.contains("/b/")) {
                        throw new IOException("no");
                    }
                    end.await();
                };
        Rendition[] both = {rendition("a", "a").build(), rendition("b", "b").build()};

        // When, Then
        assertThatThrownBy(() -> write(1, both))
                .isInstanceOf(ExecutionException.class)
                .hasRootCauseMessage("no");
        end.countDown();
        kept.hindrance = key -> {};
        assertThat(write(1, both)).hasSize(2);
        assertThat(kept.objects).containsOnlyKeys("session/a/1.ts", "session/b/1.ts");
        assertThat(meters.get("livepeer.edge.objects").tag("status", "failed").timer().count())
                .isEqualTo(1);
    }

    @Test
    void afterAFailureNobodyKnowsWhatAKeyHas() throws Exception {
        write(1, rendition("a", "one").build());
        kept.hindrance =
                key -> {
                    kept.objects.put(key, new byte[0]);
                    throw new IOException("no");
                };
        assertThatThrownBy(() -> write(1, rendition("a", "two").build()));
        kept.hindrance = key -> {};

        write(1, rendition("a", "one").build());

        assertThat(kept.objects.get("session/a/1.ts")).asString(UTF_8).isEqualTo("one");
    }

    @Test
    void aStoreThatHangsIsGivenUpInTime() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        kept.hindrance = key -> end.await();
        long begun = System.nanoTime();

        assertThatThrownBy(
                        () ->
                                uploads.write(
                                                "session",
                                                1,
                                                List.of(rendition("a", "a").build()),
                                                200)
                                        .get(10, TimeUnit.SECONDS))
                .hasCauseInstanceOf(TimeoutException.class);
        end.countDown();

        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(5));
        assertThat(kept.times.get(0)).isLessThanOrEqualTo(Duration.ofMillis(200));
    }

    @Test
    void noMoreThanTenSecondsCount() throws Exception {
        uploads.write("session", 1, List.of(rendition("a", "a").build()), 300_000).get();

        assertThat(kept.times.get(0)).isBetween(Duration.ofSeconds(5), RenditionUploads.LONGEST);
    }
}

package org.livepeer.flink.connectors.edge.objectstore;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Against a server that checks what the client signs. */
class S3ObjectStoreIT {
    private static final Duration TIME = Duration.ofSeconds(10);
    private static S3Server server;

    private S3ObjectStore store = store(server.url("live/"));

    @BeforeAll
    static void start() throws IOException {
        server = new S3Server();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @AfterEach
    void close() {
        server.isWell();
        server.writes.clear();
        store.close();
    }

    private static S3ObjectStore store(String url) {
        return new S3ObjectStore(ObjectStoreUrl.parse("-objectStore", url));
    }

    private static ObjectStore.Media media(byte[] bytes) {
        return new ObjectStore.Media(
                bytes.length, "video/mp2t", () -> new ByteArrayInputStream(bytes));
    }

    @Test
    void anObjectLiesWhereItsUrlSays() throws IOException {
        byte[] bytes = new byte[3_000_000];
        new Random(1).nextBytes(bytes);

        store.put("session/240p/~1/1.ts", media(bytes), TIME);

        String url = store.url("session/240p/~1/1.ts");
        assertThat(url).isEqualTo(server.base() + "live/session/240p/~1/1.ts");
        S3Server.Stored stored = server.objects.get("/pics/live/session/240p/~1/1.ts");
        assertThat(stored.bytes()).isEqualTo(bytes);
        assertThat(stored.contentType()).isEqualTo("video/mp2t");
        assertThat(stored.access()).isEqualTo("public-read");
    }

    @Test
    void aPrefixStandsBeforeTheKeyAsItIs() throws IOException {
        try (S3ObjectStore other = store(server.url("live-"))) {
            other.put("a.ts", media(new byte[30]), TIME);

            assertThat(other.url("a.ts")).isEqualTo(server.base() + "live-a.ts");
            assertThat(server.objects).containsKey("/pics/live-a.ts");
        }
    }

    @Test
    void wrongCredentialsAreSaidWithoutThem() {
        try (S3ObjectStore other = store(server.url("", "another"))) {
            assertThatThrownBy(() -> other.put("a.ts", media(new byte[30]), TIME))
                    .isInstanceOf(IOException.class)
                    .hasMessage("it answered 403 SignatureDoesNotMatch")
                    .hasNoCause();
        }
        assertThat(server.writes).hasSize(1);
    }

    @Test
    void aHiccupIsTriedAgainAndNotForEver() throws IOException {
        AtomicInteger tries = new AtomicInteger();
        server.troubles("InternalError", exchange -> tries.getAndIncrement() < 2 ? 500 : 0);
        store.put("hiccup.ts", media(new byte[30]), TIME);
        assertThat(server.objects).containsKey("/pics/live/hiccup.ts");

        server.writes.clear();
        server.troubles("InternalError", exchange -> 500);
        assertThatThrownBy(() -> store.put("never.ts", media(new byte[30]), TIME))
                .hasMessage("it answered 500 InternalError");
        assertThat(server.writes).hasSize(3);
    }

    @Test
    void whatHangsUpOrIsNotThereIsAnError() throws IOException {
        server.troubles("", exchange -> -1);
        assertThatThrownBy(() -> store.put("a.ts", media(new byte[30]), TIME))
                .isInstanceOf(IOException.class)
                .hasMessageMatching("not written, \\w+Exception");

        S3Server gone = new S3Server();
        try (S3ObjectStore other = store(gone.url(""))) {
            gone.close();
            assertThatThrownBy(() -> other.put("a.ts", media(new byte[30]), TIME))
                    .hasMessage("not written, ConnectException");
        }
    }

    @Test
    void neitherASilentStoreNorOneThatReadsNothingHoldsAnybodyLonger() throws IOException {
        CountDownLatch end = new CountDownLatch(1);
        server.troubles("", exchange -> await(end));
        try {
            for (int length : new int[] {30, 30_000_000}) {
                long begun = System.nanoTime();
                assertThatThrownBy(
                                () ->
                                        store.put(
                                                "slow.ts",
                                                media(new byte[length]),
                                                Duration.ofMillis(1_500)))
                        .hasMessageStartingWith("not written, ");
                assertThat(Duration.ofNanos(System.nanoTime() - begun))
                        .isBetween(Duration.ofMillis(1_000), Duration.ofSeconds(5));
            }
        } finally {
            end.countDown();
        }
    }

    private static int await(CountDownLatch end) {
        try {
            end.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return -1;
    }

    @Test
    void aBucketWithoutAccessListsGetsNone() throws IOException {
        server.troubles(
                "AccessControlListNotSupported",
                exchange -> exchange.getRequestHeaders().containsKey("x-amz-acl") ? 400 : 0);

        store.put("one.ts", media(new byte[30]), TIME);
        store.put("two.ts", media(new byte[30]), TIME);

        assertThat(server.objects.get("/pics/live/one.ts").access()).isNull();
        assertThat(server.objects.get("/pics/live/two.ts").access()).isNull();
        assertThat(server.writes).hasSize(3);
    }

    @Test
    void mediaThatCannotBeReadIsAnErrorAndMediaIsClosed() throws IOException {
        List<AtomicBoolean> closed = new CopyOnWriteArrayList<>();
        byte[] bytes = "media".getBytes(UTF_8);
        server.troubles("InternalError", exchange -> closed.size() < 2 ? 500 : 0);
        store.put(
                "a.ts",
                new ObjectStore.Media(
                        bytes.length,
                        "video/mp2t",
                        () -> {
                            AtomicBoolean one = new AtomicBoolean();
                            closed.add(one);
                            return new ByteArrayInputStream(bytes) {
                                @Override
                                public void close() {
                                    one.set(true);
                                }
                            };
                        }),
                TIME);
        assertThat(closed).hasSizeGreaterThan(1).allMatch(AtomicBoolean::get);
        assertThatThrownBy(
                        () ->
                                store.put(
                                        "b.ts",
                                        new ObjectStore.Media(3, "video/mp2t", this::gone),
                                        TIME))
                .isInstanceOf(IOException.class)
                .hasMessage("not written, IOException");
        assertThat(server.objects).doesNotContainKey("/pics/live/b.ts");
    }

    private InputStream gone() throws IOException {
        throw new IOException("gone");
    }
}

package org.livepeer.flink.connectors.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.schemas.StoreReference;

class SharedDirectoryStoreTest {
    private static final byte[] MEDIA = media(300_000, 1);

    @TempDir Path directory;
    private SharedDirectoryStore store;

    @BeforeEach
    void open() throws IOException {
        store = storeAt(Clock.systemUTC(), 0);
    }

    @Test
    void givesBackWhatWasPut() throws IOException {
        StoreReference reference = store.put(new ByteArrayInputStream(MEDIA), MEDIA.length);

        assertThat(reference.getName()).matches("[A-Za-z0-9_-]{43}");
        assertThat(reference.getLength()).isEqualTo(MEDIA.length);
        assertThat(reference.getHash()).isEqualTo(ByteBuffer.wrap(Sha256.digest().digest(MEDIA)));
        assertThat(store.read(reference, MEDIA.length)).isEqualTo(MEDIA);
        assertThat(Files.readAllBytes(store.path(reference))).isEqualTo(MEDIA);
    }

    @Test
    void bufferKeepsItsPosition() throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(MEDIA, 100, 1000);

        StoreReference reference = store.put(buffer);

        assertThat(buffer.position()).isEqualTo(100);
        assertThat(store.read(reference, 1000)).isEqualTo(Arrays.copyOfRange(MEDIA, 100, 1100));
    }

    @Test
    void directoriesAreTheOwnersOnly() throws IOException {
        store.put(ByteBuffer.wrap(MEDIA));

        try (Stream<Path> all = Files.walk(directory.resolve("store"))) {
            assertThat(all.filter(Files::isDirectory))
                    .hasSizeGreaterThanOrEqualTo(5)
                    .allSatisfy(
                            path ->
                                    assertThat(
                                                    PosixFilePermissions.toString(
                                                            Files.getPosixFilePermissions(path)))
                                            .isEqualTo("rwx------"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "../../../../../../../../../../../etc/passwd",
                "/etc/passwd",
                "..",
                "http://127.0.0.1/a",
                "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/",
                "../AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB",
                "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n",
                "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\0"
            })
    void namesThatAreNotTheStoresAreRefused(String name) {
        StoreReference reference = reference(name, 1, ByteBuffer.allocate(32));

        assertThat(reasonOf(() -> store.path(reference))).isEqualTo(Reason.InvalidReference);
        assertThat(reasonOf(() -> store.open(reference))).isEqualTo(Reason.InvalidReference);
    }

    @Test
    void unknownObjectIsRefused() {
        StoreReference reference = reference(ObjectName.random(), 1, ByteBuffer.allocate(32));

        assertThat(reasonOf(() -> store.path(reference))).isEqualTo(Reason.InvalidReference);
    }

    @Test
    void wrongHashIsSeenBeforeTheEnd() throws IOException {
        StoreReference reference = store.put(ByteBuffer.wrap(MEDIA));
        StoreReference wrong =
                StoreReference.newBuilder(reference).setHash(ByteBuffer.allocate(32)).build();

        assertThat(reasonOf(() -> store.path(wrong))).isEqualTo(Reason.HashMismatch);
        try (InputStream in = store.open(wrong)) {
            assertThat(reasonOf(in::readAllBytes)).isEqualTo(Reason.HashMismatch);
        }
    }

    @Test
    void changedObjectIsSeen() throws IOException {
        StoreReference reference = store.put(ByteBuffer.wrap(MEDIA));
        Path file = store.path(reference);
        byte[] changed = MEDIA.clone();
        changed[changed.length / 2]++;
        Files.write(file, changed);

        assertThat(reasonOf(() -> store.read(reference, MEDIA.length)))
                .isEqualTo(Reason.HashMismatch);
    }

    @Test
    void truncatedObjectIsRefused() throws IOException {
        StoreReference reference = store.put(ByteBuffer.wrap(MEDIA));
        Files.write(store.path(reference), Arrays.copyOf(MEDIA, 1000));

        assertThat(reasonOf(() -> store.open(reference))).isEqualTo(Reason.InvalidReference);
    }

    @Test
    void aboveTheLimitNothingIsLeft() {
        assertThat(reasonOf(() -> store.put(new ByteArrayInputStream(MEDIA), MEDIA.length - 1)))
                .isEqualTo(Reason.SegmentTooLarge);
        assertThat(files()).isEmpty();
    }

    @Test
    void emptyObjectIsRefused() {
        assertThat(reasonOf(() -> store.put(new ByteArrayInputStream(new byte[0]), 10)))
                .isEqualTo(Reason.EmptySegment);
        assertThat(files()).isEmpty();
    }

    @Test
    void brokenUploadLeavesNothing() throws IOException {
        try (SegmentStore.Upload upload = store.begin(1000)) {
            upload.write(ByteBuffer.allocate(500));
            assertThat(files()).hasSize(1);
        }
        assertThat(files()).isEmpty();
    }

    @Test
    void belowTheFreeSpaceFloorTheStoreIsFull() throws IOException {
        SharedDirectoryStore full = storeAt(Clock.systemUTC(), Long.MAX_VALUE);

        assertThatThrownBy(() -> full.put(ByteBuffer.wrap(MEDIA)))
                .isInstanceOf(StoreFullException.class)
                .hasMessageContaining("must stay free")
                .extracting(e -> ((StoreException) e).reason())
                .isEqualTo(Reason.StorageFull);
        assertThat(files()).isEmpty();
    }

    @Test
    void linksAreNotFollowed() throws IOException {
        Path secret = Files.write(directory.resolve("secret"), MEDIA);
        String inside = ObjectName.random();
        String incoming = ObjectName.random();
        Path place = directory.resolve("store/objects").resolve(inside.substring(0, 2));
        Files.createDirectories(place);
        Files.createSymbolicLink(place.resolve(inside), secret);
        Files.createSymbolicLink(store.incoming().resolve(incoming), secret);
        ByteBuffer hash = ByteBuffer.wrap(Sha256.digest().digest(MEDIA));

        for (String name : List.of(inside, incoming)) {
            StoreReference reference = reference(name, MEDIA.length, hash);
            assertThat(reasonOf(() -> store.path(reference))).isEqualTo(Reason.InvalidReference);
            assertThat(reasonOf(() -> store.open(reference))).isEqualTo(Reason.InvalidReference);
        }
    }

    @Test
    void producersFileIsTakenOutOfItsReach() throws IOException {
        String name = ObjectName.random();
        Files.write(store.incoming().resolve(name), MEDIA);
        StoreReference reference =
                reference(name, MEDIA.length, ByteBuffer.wrap(Sha256.digest().digest(MEDIA)));

        Path file = store.path(reference);

        assertThat(file).startsWith(directory.toRealPath().resolve("store/objects"));
        assertThat(store.incoming().resolve(name)).doesNotExist();
        assertThat(store.read(reference, MEDIA.length)).isEqualTo(MEDIA);
    }

    @Test
    void producersFileNeverReplacesAnObject() throws IOException {
        StoreReference reference = store.put(ByteBuffer.wrap(MEDIA));
        Files.write(store.incoming().resolve(reference.getName()), new byte[] {1});

        assertThat(store.read(reference, MEDIA.length)).isEqualTo(MEDIA);
    }

    @Test
    void concurrentPutsDoNotMeet() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Future<StoreReference>> puts =
                    IntStream.range(0, 64)
                            .mapToObj(
                                    i ->
                                            threads.submit(
                                                    () ->
                                                            store.put(
                                                                    ByteBuffer.wrap(
                                                                            media(20_000, i)))))
                            .toList();
            for (int i = 0; i < puts.size(); i++) {
                assertThat(store.read(puts.get(i).get(), 20_000)).isEqualTo(media(20_000, i));
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(files()).hasSize(64);
    }

    @Test
    void collectRemovesWhatIsOld() throws IOException {
        StoreReference reference = store.put(ByteBuffer.wrap(MEDIA));
        SegmentStore.Upload unfinished = store.begin(10);
        Files.write(store.incoming().resolve(ObjectName.random()), MEDIA);
        Clock later = Clock.fixed(Instant.now().plus(Duration.ofMinutes(61)), ZoneOffset.UTC);
        SharedDirectoryStore inAnHour = storeAt(later, 0);

        assertThat(inAnHour.collect(Duration.ofHours(2))).isZero();
        assertThat(inAnHour.collect(Duration.ofHours(1))).isEqualTo(3);
        assertThat(files()).isEmpty();
        assertThat(reasonOf(() -> store.path(reference))).isEqualTo(Reason.InvalidReference);
        unfinished.close();
    }

    private SharedDirectoryStore storeAt(Clock clock, long floor) throws IOException {
        return new SharedDirectoryStore(new StoreOptions(directory.resolve("store"), floor, clock));
    }

    private static StoreReference reference(String name, long length, ByteBuffer hash) {
        return new StoreReference(name, length, hash);
    }

    private List<Path> files() {
        try (Stream<Path> all = Files.walk(directory.resolve("store"))) {
            return all.filter(Files::isRegularFile).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Reason reasonOf(ThrowingCallable call) {
        StoreException refusal = catchThrowableOfType(StoreException.class, call);
        assertThat(refusal).isNotNull();
        return refusal.reason();
    }

    private static byte[] media(int length, long seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }
}

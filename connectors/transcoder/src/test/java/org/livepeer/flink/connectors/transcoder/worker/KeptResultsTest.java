package org.livepeer.flink.connectors.transcoder.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.livepeer.flink.connectors.transcoder.worker.Outcome.Finished;
import org.livepeer.flink.connectors.transcoder.worker.Outcome.Media;
import org.livepeer.flink.connectors.transcoder.worker.Outcome.Refused;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.schemas.worker.RenditionHeader;

class KeptResultsTest {
    private static final Duration KEEP = Duration.ofSeconds(180);

    @TempDir Path directory;
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);

    @Test
    void keepsFailuresAndRenditions() throws IOException {
        KeptResults kept = open(1 << 20);
        Refused refused = new Refused(Reason.NoKeyFrame, "why");
        kept.keep("a", refused);
        kept.keep("b", finished(1000));

        for (KeptResults any : List.of(kept, open(1 << 20))) {
            assertThat(any.find("a")).isEqualTo(refused);
            try (Finished found = (Finished) any.find("b")) {
                assertThat(found.kept()).isTrue();
                assertThat(found.workMs()).isEqualTo(12);
                assertThat(found.renditions()).hasSize(2);
                assertThat(found.renditions().get(1).content().read(10, 20).toByteArray())
                        .isEqualTo(java.util.Arrays.copyOfRange(Orders.media(1000), 10, 30));
            }
        }
    }

    @Test
    void forgetsWhatIsOldAlsoAcrossARestart() throws IOException {
        KeptResults kept = open(1 << 20);
        kept.keep("old", finished(1000));
        now.set(now.get().plus(KEEP).minusMillis(1));
        kept.keep("new", finished(1000));
        assertThat(kept.find("old")).isNotNull();

        now.set(now.get().plusMillis(1));

        assertThat(open(1 << 20).size()).isEqualTo(1);
        assertThat(kept.find("old")).isNull();
        assertThat(kept.find("new")).isNotNull();
        assertThat(files()).hasSize(1);
    }

    @Test
    void dropsTheOldestAboveTheCap() throws IOException {
        KeptResults kept = open(5000);
        kept.keep("a", finished(1000));
        kept.keep("b", finished(1000));
        kept.keep("c", finished(1000));

        assertThat(kept.find("a")).isNull();
        assertThat(kept.find("c")).isNotNull();
        assertThat(files()).hasSize(2);
    }

    @Test
    void dropsEveryDamagedFileAtStart() throws IOException {
        KeptResults kept = open(1 << 20);
        kept.keep("a", finished(1000));
        Path whole = files().get(0);
        byte[] bytes = Files.readAllBytes(whole);
        Files.delete(whole);
        for (int length : new int[] {0, 7, 12, 40, bytes.length - 1}) {
            Files.write(whole, java.util.Arrays.copyOf(bytes, length));
            assertThat(open(1 << 20).size()).as("cut to %d", length).isZero();
            assertThat(whole).doesNotExist();
        }
        for (int at : new int[] {0, 9, 20, 60}) {
            byte[] changed = bytes.clone();
            changed[at] ^= 0x40;
            Files.write(whole, changed);
            assertThat(open(1 << 20).size()).as("changed at %d", at).isZero();
        }
        Files.write(whole, bytes);
        Files.write(directory.resolve("half.tmp"), bytes);
        Files.write(directory.resolve("renamed.kept"), bytes);
        assertThat(open(1 << 20).size()).isEqualTo(1);
        assertThat(files()).containsExactly(whole);
    }

    private KeptResults open(long bytes) throws IOException {
        Clock clock =
                new Clock() {
                    @Override
                    public java.time.ZoneId getZone() {
                        return ZoneOffset.UTC;
                    }

                    @Override
                    public Clock withZone(java.time.ZoneId zone) {
                        return this;
                    }

                    @Override
                    public Instant instant() {
                        return now.get();
                    }
                };
        return new KeptResults(directory, KEEP, bytes, clock);
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.list(directory)) {
            return all.toList();
        }
    }

    private static Finished finished(int bytes) {
        RenditionHeader header = RenditionHeader.newBuilder().setMediaBytes(bytes).build();
        Media media = new Media(header, new Content.InMemory(ByteBuffer.wrap(Orders.media(bytes))));
        return new Finished(List.of(media, media), 3, 12, false, () -> {});
    }
}

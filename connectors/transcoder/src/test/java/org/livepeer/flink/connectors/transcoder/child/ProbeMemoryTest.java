package org.livepeer.flink.connectors.transcoder.child;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProbeMemoryTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final EngineProbe FOUND =
            new EngineProbe(List.of("decode:h264", "encode:h264"), 12_345_678);

    @TempDir Path folder;

    private ProbeMemory memory(String preset, Duration later) {
        return new ProbeMemory(
                folder.resolve("probe"),
                LibavOptions.defaults(2, folder).withPreset(preset),
                Clock.fixed(NOW.plus(later), ZoneOffset.UTC));
    }

    @Test
    void recallsWhatWasFoundUnderTheSameConditions() {
        assertThat(memory("fast", Duration.ZERO).recall()).isEmpty();

        memory("fast", Duration.ZERO).keep(FOUND);

        assertThat(memory("fast", Duration.ofHours(23)).recall()).contains(FOUND);
        assertThat(memory("slow", Duration.ZERO).recall()).isEmpty();
        assertThat(memory("fast", Duration.ofHours(24)).recall()).isEmpty();
        assertThat(memory("fast", Duration.ofHours(-1)).recall()).isEmpty();
    }

    @Test
    void aDamagedFileIsNoMemory() throws Exception {
        Files.writeString(folder.resolve("probe"), "atMs=soon\nkey");

        assertThat(memory("fast", Duration.ZERO).recall()).isEmpty();
    }
}

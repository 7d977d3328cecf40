package org.livepeer.flink.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.apache.avro.SchemaFormatter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds today's schemas against the released ones under {@code src/main/resources/avro}. */
class ReleasedSchemaTest {
    /**
     * Goes from one operator to the next and is never kept, so that its kinds of message may grow:
     * all other unions stay as they are.
     */
    private static final Set<String> IN_FLIGHT_ONLY = Set.of("LedgerInput");

    static Stream<Schema> topLevelRecords() {
        return Livepeer.PROTOCOL.getTypes().stream()
                .filter(type -> type.getType() == Schema.Type.RECORD);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("topLevelRecords")
    void readsWhatTheLastReleaseWrote(Schema today) {
        List<Schema> released = RecordCodec.releasedVersions(today.getName());
        for (Schema old : released) {
            assertThat(SchemaCompatibility.checkReaderWriterCompatibility(today, old).getType())
                    .as("%s must still read what a released version wrote", today.getName())
                    .isEqualTo(SchemaCompatibilityType.COMPATIBLE);
            if (IN_FLIGHT_ONLY.contains(today.getName())) {
                continue;
            }
            assertThat(SchemaCompatibility.checkReaderWriterCompatibility(old, today).getType())
                    .as("a released version must still read %s, for a roll back", today.getName())
                    .isEqualTo(SchemaCompatibilityType.COMPATIBLE);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("topLevelRecords")
    void everyRecordIsReleased(Schema today) throws IOException {
        Path write = Path.of(System.getProperty("livepeer.release.schemas", ""));
        if (!write.toString().isEmpty()) {
            Files.createDirectories(write);
            Files.writeString(
                    write.resolve(today.getName() + ".avsc"),
                    SchemaFormatter.format("json/pretty", today) + "\n");
        }
        assertThat(RecordCodec.releasedVersions(today.getName()))
                .as("%s has no released schema: write one, see CONTRIBUTING", today.getName())
                .isNotEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("topLevelRecords")
    void everyFieldIsDocumented(Schema today) {
        assertThat(today.getDoc()).isNotBlank();
        assertThat(today.getFields())
                .allSatisfy(
                        field ->
                                assertThat(field.doc())
                                        .as(today.getName() + "." + field.name())
                                        .isNotBlank());
    }
}

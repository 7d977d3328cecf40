package org.livepeer.flink.connectors.transcoder.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OrchSecretTest {
    @TempDir Path folder;

    @Test
    void isTheTextOrTheContentOfTheFile() throws Exception {
        Path file = Files.writeString(folder.resolve("secret"), "  in a file\n");

        assertThat(OrchSecret.read("-orchSecret", "in clear").text()).isEqualTo("in clear");
        assertThat(OrchSecret.read("-orchSecret", file.toString()).text()).isEqualTo("in a file");
    }

    @Test
    void aFileThatHasNoneIsAnError() throws Exception {
        Path empty = Files.writeString(folder.resolve("empty"), " \n");

        assertThatThrownBy(() -> OrchSecret.read("-orchSecret", empty.toString()))
                .hasMessageContaining("empty");
        assertThatThrownBy(() -> OrchSecret.read("-orchSecret", folder.toString()))
                .hasMessageContaining("directory");
        assertThatThrownBy(() -> OrchSecret.read("-orchSecret", ""))
                .hasMessageContaining("1 or more");
    }

    @Test
    void isNotPrinted() {
        assertThat(new OrchSecret("verbigsecret").toString()).doesNotContain("verbig");
        assertThatThrownBy(() -> new OrchSecret("two\r\nlines"))
                .hasMessageNotContaining("two")
                .hasMessageContaining("printable");
    }
}

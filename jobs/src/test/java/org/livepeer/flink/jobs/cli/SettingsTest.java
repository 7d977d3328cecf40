package org.livepeer.flink.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Where flags come from, as in go-livepeer: command line, environment, file. */
class SettingsTest {
    private static final Set<String> KNOWN = Set.of("config", "pricePerUnit", "reward", "dataDir");

    @TempDir Path folder;
    private Path file;

    @Command(name = "test")
    static final class Flags implements Runnable {
        @Option(names = {"-config", "--config"})
        Path config;

        @Option(
                names = {"-pricePerUnit", "--pricePerUnit"},
                defaultValue = "1")
        String price;

        @Option(names = {"-reward", "--reward"})
        boolean reward;

        @Option(names = {"-dataDir", "--dataDir", "-datadir"})
        String dataDir;

        @Override
        public void run() {}
    }

    @BeforeEach
    void write() throws IOException {
        file = folder.resolve("livepeer.conf");
        Files.writeString(
                file,
                "# a comment\n\n  pricePerUnit   4 # wei\nreward\n\tdatadir /a b/c\n"
                        .replace("datadir", "dataDir"));
    }

    private Flags read(Map<String, String> environment, String... args) {
        Flags flags = new Flags();
        CommandLine command = new CommandLine(flags);
        command.setDefaultValueProvider(Settings.of(args, environment, KNOWN, Set.of("gateway")));
        assertThat(command.execute(args)).isZero();
        return flags;
    }

    @Test
    void theFileFillsWhatNobodySaid() {
        Flags flags = read(Map.of(), "-config", file.toString());

        assertThat(flags.price).isEqualTo("4");
        assertThat(flags.reward).isTrue();
        assertThat(flags.dataDir).isEqualTo("/a b/c");
        assertThat(read(Map.of("LP_CONFIG", file.toString())).price).isEqualTo("4");
        assertThat(read(Map.of(), "--config=" + file).price).isEqualTo("4");
    }

    @Test
    void theEnvironmentComesBeforeTheFileAndTheCommandLineBeforeBoth() {
        Map<String, String> environment = Map.of("LP_PRICEPERUNIT", "5", "LP_REWARD", "false");

        Flags flags = read(environment, "-config", file.toString());

        assertThat(flags.price).isEqualTo("5");
        assertThat(flags.reward).isFalse();
        assertThat(read(environment, "-config", file.toString(), "-pricePerUnit", "6").price)
                .isEqualTo("6");
        assertThat(read(Map.of()).price).isEqualTo("1");
    }

    @Test
    void whatIsWrongWithAFileIsSaidWithItsLine() throws IOException {
        assertThatThrownBy(() -> read(Map.of(), "-config", "/no/such"))
                .hasMessageStartingWith("cannot read -config /no/such");
        Files.writeString(file, "reward\nfrobnicate 5\n");
        assertThatThrownBy(() -> read(Map.of(), "-config", file.toString()))
                .hasMessage(file + " line 2: frobnicate is no flag: see --help");
        Files.writeString(file, "gateway\n");
        assertThatThrownBy(() -> read(Map.of(), "-config", file.toString()))
                .hasMessageContaining("line 1: gateway is a go-livepeer flag that this version");
    }
}

package org.livepeer.flink.jobs.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.jobs.node.Verbosity;
import picocli.CommandLine.Option;

/** Flags that every command has: where its settings and files are, how much is logged. */
class CommonFlags {
    @Option(
            names = {"-config", "--config"},
            paramLabel = "FILE",
            description =
                    "flags, one 'name value' a line; LP_NAME in the environment and the command line"
                            + " come before it")
    @Nullable Path config;

    @Option(
            names = {"-dataDir", "--dataDir", "-datadir", "--datadir"},
            paramLabel = "DIR",
            defaultValue = "${sys:user.home}/.livepeer-flink",
            description = "keeps what must outlive the process (default: ${DEFAULT-VALUE})")
    Path dataDir = Path.of("");

    @Option(
            names = {"-v", "--v"},
            paramLabel = "LEVEL",
            defaultValue = "3",
            description = "how much is logged, 0 (nothing) to 6 (everything, and stack traces)")
    void verbosity(int level) {
        Verbosity.PROCESS.set(level);
    }
}

package org.livepeer.flink.connectors.ethereum.devnet;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What the development chain is made of: fetched once by npm, as docker/devnet/package.json says.
 */
public final class Packages {
    private static final String LIST = "/devnet/package.json";
    private static final int PATIENCE_S = 300;

    private Packages() {}

    /**
     * Fetches them into a folder, unless they are there.
     *
     * @return the folder {@code node_modules} in it
     * @throws IllegalStateException when npm is missing or cannot fetch them, saying what to do
     */
    public static Path in(Path folder) throws IOException, InterruptedException {
        Path modules = folder.resolve("node_modules");
        if (Files.isExecutable(anvil(modules)) && Files.isDirectory(contracts(modules))) {
            return modules;
        }
        Files.createDirectories(folder);
        try (InputStream list = Packages.class.getResourceAsStream(LIST)) {
            if (list == null) {
                throw new IllegalStateException("this build does not hold " + LIST);
            }
            Files.copy(list, folder.resolve("package.json"), StandardCopyOption.REPLACE_EXISTING);
        }
        Path log = folder.resolve("npm.log");
        Process npm;
        try {
            npm =
                    new ProcessBuilder(
                                    List.of(
                                            "npm",
                                            "install",
                                            "--ignore-scripts",
                                            "--no-audit",
                                            "--no-fund",
                                            "--no-package-lock"))
                            .directory(folder.toFile())
                            .redirectErrorStream(true)
                            .redirectOutput(log.toFile())
                            .start();
        } catch (IOException e) {
            throw new IllegalStateException(
                    "the development chain needs Node 20 with npm, which is not there", e);
        }
        boolean ended = npm.waitFor(PATIENCE_S, TimeUnit.SECONDS);
        if (!ended) {
            npm.destroyForcibly();
        }
        if (!ended || npm.exitValue() != 0 || !Files.isExecutable(anvil(modules))) {
            throw new IllegalStateException(
                    "npm could not fetch the development chain, see " + log);
        }
        return modules;
    }

    static Path anvil(Path modules) {
        return modules.resolve("@foundry-rs/anvil-linux-amd64/bin/anvil");
    }

    static Path contracts(Path modules) {
        return modules.resolve("@livepeer/sdk/abis/contracts");
    }
}

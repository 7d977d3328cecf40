package org.livepeer.flink.connectors.ethereum;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.livepeer.flink.connectors.ethereum.devnet.Devnet;
import org.livepeer.flink.connectors.ethereum.devnet.Packages;

/** The development chain, where npm has put what it needs. */
class DevnetIT {
    @TempDir Path folder;

    /** Fetched once for all builds of this checkout. */
    private static Path packages() throws Exception {
        try {
            return Packages.in(Path.of("../../target/devnet").toAbsolutePath().normalize());
        } catch (IllegalStateException e) {
            return Assumptions.abort(e.getMessage());
        }
    }

    @Test
    void itIsMadeOnceAndGoesOn() throws Exception {
        Path packages = packages();
        Devnet.Options options =
                new Devnet.Options(
                        folder, packages, 0, Duration.ofMillis(200), "https://127.0.0.1:8935");
        long block;
        Devnet.Facts facts;
        try (Devnet devnet = Devnet.start(options)) {
            facts = devnet.facts();
            assertThat(
                            devnet.ask(
                                    "BondingManager",
                                    "isActiveTranscoder(address)",
                                    facts.orchestrator()))
                    .isEqualTo(BigInteger.ONE);
            assertThat(devnet.ask("TicketBroker", "getSenderInfo(address)", facts.gateway()))
                    .isEqualTo(BigInteger.TEN.pow(19));
            Thread.sleep(3_000);
            block = devnet.rpc().blockNumber();
        }
        try (Devnet devnet = Devnet.start(options)) {
            assertThat(devnet.facts()).isEqualTo(facts);
            assertThat(devnet.rpc().blockNumber()).isGreaterThanOrEqualTo(block - 20);
            assertThat(devnet.ask("TicketBroker", "getSenderInfo(address)", facts.gateway()))
                    .isEqualTo(BigInteger.TEN.pow(19));
        }
    }
}

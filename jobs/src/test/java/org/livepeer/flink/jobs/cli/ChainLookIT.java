package org.livepeer.flink.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.livepeer.flink.connectors.ethereum.devnet.Devnet;
import org.livepeer.flink.connectors.ethereum.devnet.Packages;
import org.livepeer.flink.jobs.cli.Commands.Said;
import org.livepeer.flink.operators.ticket.Curves;
import org.livepeer.flink.operators.ticket.EthAddress;
import org.livepeer.flink.operators.ticket.EthSignatures;

/** Commands that read the development chain or sign, where npm has put what it needs. */
class ChainLookIT {
    @TempDir static Path folder;

    private static Devnet devnet;

    @BeforeAll
    static void start() throws Exception {
        Path packages;
        try {
            packages = Packages.in(Path.of("../target/devnet").toAbsolutePath().normalize());
        } catch (IllegalStateException e) {
            packages = Assumptions.abort(e.getMessage());
        }
        devnet =
                Devnet.start(
                        new Devnet.Options(
                                folder.resolve("devnet"),
                                packages,
                                0,
                                Duration.ofMillis(500),
                                "https://127.0.0.1:8935",
                                400));
    }

    @AfterAll
    static void stop() {
        if (devnet != null) {
            devnet.close();
        }
    }

    private static Said chain(String... arguments) {
        List<String> all = new ArrayList<>(List.of("chain"));
        all.addAll(List.of(arguments));
        all.addAll(
                List.of(
                        "-network",
                        "devnet",
                        "-ethUrl",
                        devnet.uri().toString(),
                        "-ethController",
                        devnet.facts().contracts().get("Controller")));
        return Commands.run(all.toArray(String[]::new));
    }

    private static JsonNode json(String... arguments) throws Exception {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--json");
        Said said = chain(all.toArray(String[]::new));
        assertThat(said.err()).isEmpty();
        assertThat(said.exitCode()).isZero();
        return new ObjectMapper().readTree(said.out());
    }

    @Test
    void roundsWithWhatTheyBrought() throws Exception {
        String self = devnet.facts().orchestrator();
        devnet.send(self, "BondingManager", BigInteger.ZERO, "reward()");
        BigInteger stake = devnet.ask("BondingManager", "transcoderTotalStake(address)", self);
        String reward =
                Report.units(
                        stake.subtract(BigInteger.TEN.pow(18).multiply(BigInteger.valueOf(500))));

        JsonNode said = json("rounds", "--rounds", "2", "-ethAcctAddr", self);

        assertThat(said.path("round").asText())
                .isEqualTo(devnet.ask("RoundsManager", "currentRound()").toString());
        assertThat(said.path("initialized").asText()).isEqualTo("yes");
        assertThat(said.path("locked").asText()).isEqualTo("no");
        assertThat(said.path("L1_blocks").asText()).isEqualTo("400");
        JsonNode newest = said.path("rounds").path(0);
        assertThat(said.path("rounds")).hasSize(2);
        assertThat(newest.path("rewarded").asText()).isEqualTo("yes");
        assertThat(newest.path("reward_LPT").asText()).isEqualTo(reward);
        assertThat(newest.path("stake_LPT").asText()).isEqualTo("500");
        assertThat(newest.path("reward_cut_%").asText()).isEqualTo("10");
        assertThat(newest.path("fee_share_%").asText()).isEqualTo("5");
        assertThat(said.path("rounds").path(1).path("rewarded").asText()).isEqualTo("no");

        Said table = chain("rounds");
        assertThat(table.out()).contains("initialized").doesNotContain("rewarded");
        assertThat(chain("rounds", "-ethOrchAddr", self).out())
                .containsPattern("round +initialized +rewarded")
                .contains(reward);
    }

    @Test
    void parametersWithTheirUnits() throws Exception {
        JsonNode said = json("parameters");

        assertThat(said.path("parameters").toString())
                .contains("{\"parameter\":\"paused\",\"value\":\"no\",\"unit\":\"\"}")
                .contains(
                        "{\"parameter\":\"round length\",\"value\":\"400\",\"unit\":\"L1 blocks\"}")
                .contains(
                        "{\"parameter\":\"round lock\",\"value\":\"10\","
                                + "\"unit\":\"% of a round, at its end\"}")
                .contains(
                        "{\"parameter\":\"target bonding rate\",\"value\":\"0.05\","
                                + "\"unit\":\"% of the supply\"}");
        assertThat(said.path("contracts").toString())
                .containsIgnoringCase(
                        "{\"contract\":\"TicketBroker\",\"address\":\""
                                + devnet.facts().contracts().get("TicketBroker"));
        assertThat(chain("parameters").out())
                .containsPattern("unbonding period +7 +rounds\n")
                .containsPattern("\nController +0x");
    }

    @Test
    void whoIsInThePool() throws Exception {
        String self = EthAddress.parse(devnet.facts().orchestrator()).toString();

        JsonNode said = json("orchestrators");

        assertThat(said.path("orchestrators").asText()).isEqualTo("1");
        JsonNode only = said.path("pool").path(0);
        assertThat(only.path("orchestrator").asText()).isEqualTo(self);
        assertThat(only.path("active").asText()).isEqualTo("yes");
        assertThat(only.path("service_URI").asText()).isEqualTo("https://127.0.0.1:8935");
        assertThat(chain("orchestrators").out()).contains(self).contains("last reward round");
    }

    @Test
    void anAccountsStake() throws Exception {
        String self = EthAddress.parse(devnet.facts().orchestrator()).toString();

        JsonNode said = json("delegator", self);

        assertThat(said.path("status").asText()).isEqualTo("Bonded");
        assertThat(said.path("bonded_to").asText()).isEqualTo(self);
        assertThat(said.path("bonded_LPT").asText()).isEqualTo("500");
        assertThat(said.path("active").asText()).isEqualTo("yes");
        assertThat(said.has("reward_caller")).as("the published contracts know none").isFalse();
        assertThat(said.path("unbonded")).isEmpty();
        JsonNode gateway = json("delegator", "-ethAcctAddr", devnet.facts().gateway());
        assertThat(gateway.path("status").asText()).isEqualTo("Unbonded");
        assertThat(gateway.path("bonded_to").asText()).isEqualTo("nobody");
        assertThat(gateway.has("active")).isFalse();
    }

    @Test
    void aSignature() {
        String self = EthAddress.parse(devnet.facts().orchestrator()).toString();
        String keys = folder.resolve("devnet/orchestrator").toString();
        String passphrase = folder.resolve("devnet/orchestrator.passphrase").toString();

        Said said =
                Commands.run(
                        "chain",
                        "sign",
                        "I run this node.",
                        "-ethKeystorePath",
                        keys,
                        "-ethPassword",
                        passphrase);

        assertThat(said.err()).isEmpty();
        byte[] signature =
                java.util.HexFormat.of().parseHex(said.out().strip().replaceFirst("^0x", ""));
        assertThat(
                        new EthSignatures(Curves.best())
                                .signer(
                                        "I run this node."
                                                .getBytes(java.nio.charset.StandardCharsets.UTF_8),
                                        signature))
                .contains(EthAddress.parse(self));
        assertThat(
                        Commands.run(
                                        "chain",
                                        "sign",
                                        "x",
                                        "--json",
                                        "-ethKeystorePath",
                                        keys,
                                        "-ethPassword",
                                        passphrase)
                                .out())
                .startsWith("{\"account\":\"" + self + "\",\"signature\":\"0x");
        Said ticket =
                Commands.run(
                        "chain",
                        "sign",
                        "This message has 32 characters..",
                        "-ethKeystorePath",
                        keys,
                        "-ethPassword",
                        passphrase);
        assertThat(ticket.err()).contains("may be the hash of a ticket");
        assertThat(ticket.exitCode()).isEqualTo(2);
    }

    @Test
    void whatIsNoControllerIsSaid() {
        Said said =
                Commands.run(
                        "chain",
                        "rounds",
                        "-network",
                        "devnet",
                        "-ethUrl",
                        devnet.uri().toString(),
                        "-ethController",
                        "0x" + "0d".repeat(20));

        assertThat(said.err())
                .startsWith("livepeer: ")
                .contains("there is no Controller of the network at");
        assertThat(said.err().lines()).hasSize(1);
        assertThat(said.exitCode()).isEqualTo(1);
    }
}

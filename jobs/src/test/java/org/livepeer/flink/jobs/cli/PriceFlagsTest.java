package org.livepeer.flink.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.livepeer.flink.jobs.node.Pricing;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.operators.price.Price;

class PriceFlagsTest {
    private static final String ONE = "0x" + "0A".repeat(20);
    private static final String TWO = "0x" + "0b".repeat(20);

    @TempDir Path folder;

    @Test
    void pricesOfGatewaysAndCapabilitiesAreReadAsGoLivepeerWritesThem() throws Exception {
        Path file = folder.resolve("prices.json");
        Files.writeString(
                file,
                "{\"broadcasters\":[{\"ethaddress\":\""
                        + TWO
                        + "\",\"priceperunit\":9,\"pixelsperunit\":1}],\"gateways\":[{\"ethaddress\":\""
                        + ONE
                        + "\",\"priceperunit\":0.0000000000000000005,\"currency\":\"ETH\","
                        + "\"pixelsperunit\":1e1}]}");
        PriceFlags flags = new PriceFlags();
        flags.pricePerUnit = "3";
        flags.pixelsPerUnit = "0.5";
        flags.pricePerGateway = file.toString();
        flags.pricePerCapability =
                "{\"capabilities\":[{\"capability\":\"HEVC encode\",\"priceperunit\":7,"
                        + "\"pixelsperunit\":2}]}";

        Pricing pricing = flags.pricing(null);

        assertThat(pricing.baseWei()).isEqualTo(Fraction.of(6));
        assertThat(pricing.others())
                .containsOnlyKeys(
                        "sender:" + ONE.toLowerCase(java.util.Locale.ROOT),
                        "sender:" + TWO,
                        "capability:16")
                .containsEntry("sender:" + TWO, new Price(Fraction.of(9), ""))
                .containsEntry("capability:16", new Price(Fraction.of(7, 2), ""));
        assertThat(
                        pricing.others()
                                .get("sender:" + ONE.toLowerCase(java.util.Locale.ROOT))
                                .wei(null))
                .isEqualTo(Fraction.of(1, 20));
        assertThat(pricing.rate()).isNull();
    }
}

package org.livepeer.flink.jobs.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.edge.feed.OperatorOrders;
import org.livepeer.flink.connectors.ethereum.feed.PriceFeed;
import org.livepeer.flink.connectors.ethereum.rpc.EthRpc;
import org.livepeer.flink.jobs.node.ChainAccess;
import org.livepeer.flink.jobs.node.Pricing;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.operators.price.Price;
import org.livepeer.flink.operators.wire.CapabilityNumbers;
import picocli.CommandLine.Option;

/** Flags of prices, named as go-livepeer names them where it has them. */
final class PriceFlags {
    private static final JsonMapper JSON =
            JsonMapper.builder()
                    .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();
    private static final int MOST_DIGITS = 60;

    @Option(
            names = {"-pricePerUnit", "--pricePerUnit"},
            paramLabel = "NUM[CURRENCY]",
            defaultValue = "0",
            description =
                    "price of pixelsPerUnit pixels, in wei or as 0.0000000005USD (default: 0,"
                            + " everybody is served)")
    String pricePerUnit = "0";

    @Option(
            names = {"-pixelsPerUnit", "--pixelsPerUnit"},
            defaultValue = "1",
            description = "pixels that pricePerUnit pays for")
    String pixelsPerUnit = "1";

    @Option(
            names = {
                "-pricePerGateway",
                "--pricePerGateway",
                "-pricePerBroadcaster",
                "--pricePerBroadcaster"
            },
            paramLabel = "JSON|FILE",
            description =
                    "prices of single gateways: {\"gateways\":[{\"ethaddress\":\"0x…\","
                            + "\"priceperunit\":0.5,\"currency\":\"USD\",\"pixelsperunit\":1}]}")
    @Nullable String pricePerGateway;

    @Option(
            names = {"-pricePerCapability", "--pricePerCapability"},
            paramLabel = "JSON|FILE",
            description =
                    "least prices of sessions that need a capability: {\"capabilities\":"
                            + "[{\"capability\":\"HEVC encode\",\"priceperunit\":2400,"
                            + "\"currency\":\"wei\",\"pixelsperunit\":1}]}")
    @Nullable String pricePerCapability;

    @Option(
            names = {"-priceFeedAddr", "--priceFeedAddr"},
            paramLabel = "0xADDRESS",
            description =
                    "Chainlink aggregator that has ETH and the currency of the prices (default:"
                            + " ETH / USD on arbitrum-one-mainnet, none elsewhere)")
    @Nullable String priceFeedAddr;

    /**
     * The prices; reads the rate when they need one.
     *
     * @param chain null off chain
     * @throws IllegalArgumentException when one cannot be, naming the flag
     * @throws IllegalStateException when the feed cannot be read
     */
    Pricing pricing(@Nullable ChainAccess chain) {
        Fraction pixels = pixels();
        Price base = Price.parse("-pricePerUnit", pricePerUnit, pixels);
        Map<String, Price> others = new TreeMap<>();
        read("-pricePerGateway", pricePerGateway, "broadcasters", PriceFlags::sender, others);
        read("-pricePerGateway", pricePerGateway, "gateways", PriceFlags::sender, others);
        read(
                "-pricePerCapability",
                pricePerCapability,
                "capabilities",
                PriceFlags::capability,
                others);
        return Pricing.of(base, others, feed(chain), System.currentTimeMillis());
    }

    private Fraction pixels() {
        try {
            return Fraction.parse(pixelsPerUnit);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "-pixelsPerUnit must be a number above 0, provided " + pixelsPerUnit, e);
        }
    }

    private @Nullable PriceFeed feed(@Nullable ChainAccess chain) {
        if (chain == null) {
            if (priceFeedAddr != null) {
                throw new IllegalArgumentException(
                        "-priceFeedAddr goes with a -network and its -ethUrl: it is read there");
            }
            return null;
        }
        String address = priceFeedAddr == null ? chain.priceFeed() : priceFeedAddr;
        return address.isEmpty() ? null : new PriceFeed(EthRpc.of(chain.chain().urls()), address);
    }

    private static void read(
            String flag,
            @Nullable String given,
            String list,
            Function<JsonNode, String> scope,
            Map<String, Price> into) {
        if (given == null || given.isBlank()) {
            return;
        }
        try {
            JsonNode whole = JSON.readTree(contents(given));
            if (!whole.isObject()) {
                throw new IllegalArgumentException("it is no JSON object");
            }
            for (JsonNode each : whole.path(list)) {
                Fraction perUnit = number(each, "priceperunit");
                Fraction pixels = number(each, "pixelsperunit");
                if (pixels.signum() <= 0) {
                    throw new IllegalArgumentException("pixelsperunit must be above 0");
                }
                into.put(
                        scope.apply(each),
                        new Price(perUnit.over(pixels), each.path("currency").asText("")));
            }
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(flag + " is neither a file nor JSON", e);
        } catch (IOException | IllegalArgumentException e) {
            throw new IllegalArgumentException(flag + ": " + e.getMessage(), e);
        }
    }

    private static String contents(String given) throws IOException {
        try {
            Path file = Path.of(given);
            return Files.isRegularFile(file) ? Files.readString(file) : given;
        } catch (InvalidPathException e) {
            return given;
        }
    }

    private static String sender(JsonNode entry) {
        String address = entry.path("ethaddress").asText();
        if (!address.matches("0[xX][0-9a-fA-F]{40}")) {
            throw new IllegalArgumentException(
                    "ethaddress '" + address + "' must be 0x and 40 hex digits");
        }
        return "sender:" + address.toLowerCase(Locale.ROOT);
    }

    private static String capability(JsonNode entry) {
        return OperatorOrders.capability(
                CapabilityNumbers.named(entry.path("capability").asText()));
    }

    private static Fraction number(JsonNode entry, String name) {
        JsonNode value = entry.path(name);
        if (!value.isNumber()
                || value.decimalValue().precision() > MOST_DIGITS
                || Math.abs(value.decimalValue().scale()) > MOST_DIGITS) {
            throw new IllegalArgumentException(name + " must be a number");
        }
        return Fraction.parse(value.decimalValue().toPlainString());
    }
}

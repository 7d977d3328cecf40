package org.livepeer.flink.connectors.ethereum.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.math.BigInteger;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.livepeer.flink.connectors.ethereum.rpc.EthRpc;
import org.livepeer.flink.connectors.ethereum.rpc.ScriptedNode;
import org.livepeer.flink.operators.money.Fraction;

class PriceFeedTest {
    private static final String ADDRESS = "0x639Fe6ab55C921f74e7fac1ee960C0B6293ba612";

    /** {@code "ETH / USD"} as Solidity encodes it. */
    private static final String ETH_USD =
            word(32) + word(9) + "455448202f20555344" + "0".repeat(46);

    private final Map<String, Object> answers = new HashMap<>();
    private ScriptedNode node;
    private PriceFeed feed;

    @BeforeEach
    void start() throws IOException {
        node = new ScriptedNode(this::answer);
        feed = new PriceFeed(new EthRpc(List.of(node.uri()), Duration.ofSeconds(5)), ADDRESS);
        say("0x7284e416", ETH_USD);
        say("0x313ce567", word(8));
        round(300_012_345_678L, 1_700_000_000L);
    }

    @AfterEach
    void stop() {
        node.close();
    }

    private Object answer(String method, JsonNode parameters) {
        assertThat(method).isEqualTo("eth_call");
        assertThat(parameters.path(0).path("to").asText()).isEqualTo(ADDRESS);
        return answers.get(parameters.path(0).path("data").asText());
    }

    private static String word(long number) {
        BigInteger unsigned =
                BigInteger.valueOf(number).and(BigInteger.TWO.pow(256).subtract(BigInteger.ONE));
        return String.format("%064x", unsigned);
    }

    private void say(String selector, String words) {
        answers.put(selector, "0x" + words);
    }

    private void round(long answer, long updatedAt) {
        say("0xfeaf968c", word(77) + word(answer) + word(1) + word(updatedAt) + word(77));
    }

    @Test
    void readsAnExactRate() {
        var rate = feed.read();

        assertThat(rate.base()).isEqualTo("ETH");
        assertThat(rate.quote()).isEqualTo("USD");
        assertThat(rate.price()).isEqualTo(Fraction.of(300_012_345_678L, 100_000_000));
        assertThat(rate.round()).isEqualTo(77);
        assertThat(rate.updatedAtMs()).isEqualTo(1_700_000_000_000L);
    }

    @ParameterizedTest
    @CsvSource({"0, says 0 for ETH/USD", "-5, says -1/20000000 for ETH/USD"})
    void nothingAndLessAreNoRate(long answer, String problem) {
        round(answer, 1_700_000_000L);

        assertThatThrownBy(feed::read)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("the price feed at " + ADDRESS + " cannot be read")
                .hasMessageContaining(problem);
    }

    @Test
    void whatNoAggregatorSaysIsNoRate() {
        round(1, 0);
        assertThatThrownBy(feed::read).hasMessageContaining("updatedAt '0'");
        say("0xfeaf968c", word(1) + word(2) + word(3) + "f".repeat(64) + word(1));
        assertThatThrownBy(feed::read).hasMessageContaining("updatedAt");
        say("0xfeaf968c", word(1) + word(2));
        assertThatThrownBy(feed::read).hasMessageContaining("is none of an aggregator");
        say("0xfeaf968c", "");
        assertThatThrownBy(feed::read).hasMessageContaining("answer '0x'");

        round(1, 1_700_000_000L);
        say("0x313ce567", word(200));
        assertThatThrownBy(feed::read).hasMessageContaining("decimals '200'");
        say("0x313ce567", word(8));
        say("0x7284e416", word(32) + "f".repeat(64));
        assertThatThrownBy(feed::read).hasMessageContaining("in the format 'FROM / TO'");
        say("0x7284e416", word(32) + word(3) + "455448" + "0".repeat(58));
        assertThatThrownBy(feed::read).hasMessageContaining("but got: ETH");
        answers.put("0x7284e416", new ScriptedNode.Refusal(3, "execution reverted", "0x"));
        assertThatThrownBy(feed::read).hasMessageContaining("execution reverted");
    }

    @Test
    void anAddressIsOne() {
        EthRpc rpc = EthRpc.of("http://127.0.0.1:1");
        assertThatThrownBy(() -> new PriceFeed(rpc, "0x12"))
                .hasMessage("-priceFeedAddr '0x12' must be 0x and 40 hex digits");
    }
}

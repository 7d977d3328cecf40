package org.livepeer.flink.operators.price;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.livepeer.flink.operators.money.Fraction;

class PriceTest {
    private static final Fraction ONE = Fraction.of(1);
    private static final ExchangeRate DOLLARS = rate("ETH", "USD", Fraction.of(300_012, 100));

    private static ExchangeRate rate(String base, String quote, Fraction price) {
        return new ExchangeRate(
                base, quote, price, new BigInteger("18446744073709562776"), 1_700_000_000_000L);
    }

    @ParameterizedTest
    @CsvSource({
        "1200, 1, 1200",
        "1200wei, 1, 1200",
        "0.5, 1, 1/2",
        "1/3, 1, 1/3",
        "1, 3, 1/3",
        "0.000000000000000002ETH, 1, 2",
        "3.00012USD, 1000000000000, 1000",
        "0.003usd, 1000000000000, 25000/25001",
        "0USD, 1, 0"
    })
    void isExactWei(String text, long pixels, String wei) {
        Price price = Price.parse("-pricePerUnit", text, Fraction.of(pixels));

        assertThat(price.wei(DOLLARS)).isEqualTo(Fraction.parse(wei));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "+1", "1e3 wei", "USD", "1.", ".5", "1 USD", "1US$"})
    void whatGoLivepeersGrammarHasNotIsNoPrice(String text) {
        assertThatThrownBy(() -> Price.parse("-pricePerUnit", text, ONE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("-pricePerUnit " + text + " must be 0 or more");
    }

    @Test
    void lettersBehindTheNumberAreACurrencyAsGoLivepeerHasIt() {
        assertThatThrownBy(() -> Price.parse("-pricePerUnit", "1e3", ONE).wei(DOLLARS))
                .hasMessage("price feed does not have E3 as a currency (ETH/USD)");
    }

    @Test
    void aFeedOfTheOtherDirectionIsMultiplied() {
        assertThat(rate("USD", "ETH", Fraction.of(1, 3_000)).weiPer("usd"))
                .isEqualTo(new Fraction(BigInteger.TEN.pow(18), BigInteger.valueOf(3_000)));
        assertThat(DOLLARS.weiPer("USD"))
                .isEqualTo(new Fraction(BigInteger.TEN.pow(20), BigInteger.valueOf(300_012)));
    }

    @Test
    void saysInGoLivepeersWordsWhatCannotBeConverted() {
        Price dollar = Price.parse("-pricePerUnit", "1USD", ONE);

        assertThatThrownBy(() -> dollar.wei(null))
                .hasMessage("PriceFeedWatcher is not initialized");
        assertThatThrownBy(() -> dollar.wei(rate("BTC", "USD", ONE)))
                .hasMessage("price feed does not have ETH as a currency (BTC/USD)");
        assertThatThrownBy(() -> dollar.wei(rate("ETH", "EUR", ONE)))
                .hasMessage("price feed does not have USD as a currency (ETH/EUR)");
    }

    @Test
    void theWiresInt64IsTheMost() {
        Fraction most = Fraction.of(Long.MAX_VALUE);

        assertThat(new Price(most, "").wei(null)).isEqualTo(most);
        assertThatThrownBy(() -> new Price(most.plus(ONE), "").wei(null))
                .hasMessage("price cannot be converted to int64");
        assertThatThrownBy(() -> Price.parse("-pricePerUnit", "10eth", ONE).wei(null))
                .hasMessage("price cannot be converted to int64");
        assertThatThrownBy(() -> Price.parse("-pricePerUnit", "30000USD", ONE).wei(DOLLARS))
                .hasMessage("price cannot be converted to int64");
    }

    @Test
    void aRateOfNothingOrLessIsNone() {
        assertThatThrownBy(() -> rate("ETH", "USD", Fraction.ZERO)).hasMessageContaining("no rate");
        assertThatThrownBy(() -> rate("ETH", "USD", Fraction.of(-1)))
                .hasMessageContaining("says -1");
        assertThatThrownBy(() -> rate("ETH;", "USD", ONE)).hasMessageContaining("no names");
    }

    @Test
    void theCommandsIdSaysAllOfIt() {
        PriceOrigin origin =
                new PriceOrigin(
                        PriceOrigin.By.OPTION,
                        PriceOrigin.Why.RATE,
                        new Price(Fraction.of(3, 2_000), "USD"),
                        DOLLARS);
        PriceOrigin plain =
                new PriceOrigin(
                        PriceOrigin.By.ROUTE,
                        PriceOrigin.Why.SET,
                        new Price(Fraction.of(7), ""),
                        null);

        assertThat(origin.commandId("0a1b"))
                .isEqualTo(
                        "price;option;rate;3/2000;USD;ETH;USD;75003/25;18446744073709562776;"
                                + "1700000000000;0a1b");
        assertThat(PriceOrigin.of(origin.commandId("0a1b"))).contains(origin);
        assertThat(PriceOrigin.of(plain.commandId("x"))).contains(plain);
        Map<String, String> numbers = new HashMap<>();
        origin.tell(numbers);
        assertThat(numbers)
                .containsEntry("amount", "3/2000")
                .containsEntry("currency", "USD")
                .containsEntry("rate", "75003/25")
                .containsEntry("pair", "ETH/USD")
                .containsEntry("by", "option")
                .hasSize(7);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "c1",
                "e2a5b2f0-7d0a-4d5e-9a53-1c8f6a2f0001",
                "price;option;set;1;wei",
                "price;nobody;set;1;wei;x",
                "price;option;set;one;wei;x",
                "price;option;set;-1;wei;x",
                "price;option;set;1/0;wei;x",
                "price;option;rate;1;USD;ETH;USD;0;1;1;x",
                "price;option;rate;1;USD;ETH;USD;1;1;late;x"
            })
    void otherIdsSayNothing(String id) {
        assertThat(PriceOrigin.of(id)).isEmpty();
    }
}

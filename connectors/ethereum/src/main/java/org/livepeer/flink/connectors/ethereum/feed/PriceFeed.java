package org.livepeer.flink.connectors.ethereum.feed;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.math.BigInteger;
import java.util.HexFormat;
import org.livepeer.flink.connectors.ethereum.rpc.EthRpc;
import org.livepeer.flink.connectors.ethereum.rpc.RpcException;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.operators.price.ExchangeRate;

/**
 * A Chainlink aggregator, read as go-livepeer reads it ({@code eth/pricefeed.go}): {@code
 * description()}, {@code decimals()}, {@code latestRoundData()}. Answers that cannot be are
 * failures: go-livepeer takes any. Thread-safe.
 */
public final class PriceFeed {
    private static final String DESCRIPTION = "0x7284e416";
    private static final String DECIMALS = "0x313ce567";
    private static final String LATEST_ROUND = "0xfeaf968c";
    private static final int WORD = 64;
    private static final int MOST_DECIMALS = 77;
    private static final int LONGEST_NAME = 64;
    private static final BigInteger LATEST_TIME = BigInteger.valueOf(Long.MAX_VALUE / 1_000);

    private final EthRpc rpc;
    private final String address;

    /**
     * @param address 0x and 40 hex digits
     */
    public PriceFeed(EthRpc rpc, String address) {
        if (!address.matches("0x[0-9a-fA-F]{40}")) {
            throw new IllegalArgumentException(
                    "-priceFeedAddr '" + address + "' must be 0x and 40 hex digits");
        }
        this.rpc = rpc;
        this.address = address;
    }

    /**
     * The newest rate.
     *
     * @throws IllegalStateException when no node answers, there is no aggregator, or what it says
     *     is no rate; its message says which
     */
    public ExchangeRate read() {
        try {
            String[] currencies = currencies(ask(DESCRIPTION));
            String round = ask(LATEST_ROUND);
            BigInteger decimals = word(ask(DECIMALS), 0, false);
            if (decimals.bitLength() > 8 || decimals.intValue() > MOST_DECIMALS) {
                throw nonsense("decimals", decimals.toString());
            }
            BigInteger updatedAt = word(round, 3, false);
            if (updatedAt.signum() == 0 || updatedAt.compareTo(LATEST_TIME) > 0) {
                throw nonsense("updatedAt", updatedAt.toString());
            }
            return new ExchangeRate(
                    currencies[0],
                    currencies[1],
                    new Fraction(word(round, 1, true), BigInteger.TEN.pow(decimals.intValue())),
                    word(round, 0, false),
                    updatedAt.longValueExact() * 1_000);
        } catch (RpcException | IllegalArgumentException e) {
            throw new IllegalStateException(
                    "the price feed at " + address + " cannot be read: " + e.getMessage(), e);
        }
    }

    private String ask(String selector) throws RpcException {
        String answer = rpc.view(address, selector, "latest");
        if (!answer.matches("0x([0-9a-fA-F]{64}){1,64}")) {
            throw nonsense("answer", answer.substring(0, Math.min(20, answer.length())));
        }
        return answer.substring(2);
    }

    private static IllegalArgumentException nonsense(String what, String said) {
        return new IllegalArgumentException(
                what + " '" + said + "' is none of an aggregator: give the right -priceFeedAddr");
    }

    private static BigInteger word(String words, int index, boolean isSigned) {
        if (words.length() < (index + 1) * WORD) {
            throw nonsense("answer", "0x" + words.substring(0, Math.min(20, words.length())));
        }
        byte[] bytes = HexFormat.of().parseHex(words.substring(index * WORD, (index + 1) * WORD));
        return isSigned ? new BigInteger(bytes) : new BigInteger(1, bytes);
    }

    /** An ABI-encoded text of the form {@code FROM / TO}. */
    private static String[] currencies(String words) {
        BigInteger length = word(words, 1, false);
        boolean fits =
                length.bitLength() < 16
                        && length.intValue() <= LONGEST_NAME
                        && words.length() >= 2 * WORD + 2 * length.intValue();
        String text =
                fits
                        ? new String(
                                HexFormat.of()
                                        .parseHex(
                                                words.substring(
                                                        2 * WORD,
                                                        2 * WORD + 2 * length.intValue())),
                                UTF_8)
                        : "";
        String[] parts = text.split("/", -1);
        if (parts.length != 2) {
            throw new IllegalArgumentException(
                    "aggregator description must be in the format 'FROM / TO' but got: " + text);
        }
        return new String[] {parts[0].trim(), parts[1].trim()};
    }
}

package org.livepeer.flink.connectors.ethereum.settle;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Orders that are taken, and those that are not. */
class ActionsTest {
    private static final String SOMEBODY = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "initializeRound",
                "reward",
                "unlock",
                "cancelUnlock",
                "withdraw",
                "claimEarnings"
            })
    void someTakeNothing(String action) {
        assertThat(Actions.refusal(action, Map.of())).isEmpty();
        assertThat(Actions.refusal(action, Map.of("gas", "1")))
                .hasValueSatisfying(why -> assertThat(why).contains("no argument gas"));
    }

    @ParameterizedTest
    @CsvSource({
        "fundDeposit, amount",
        "fundReserve, amount",
        "fundDepositAndReserve, deposit",
        "activate, feeShare",
        "setConfig, rewardCut",
        "setServiceUri, serviceUri",
        "bond, amount",
        "unbond, amount",
        "rebond, lockId",
        "withdrawStake, lockId",
        "withdrawFees, to",
        "transferBond, to",
        "moveStake, to",
        "transferTokens, to",
        "approve, amount",
        "vote, choice",
        "voteOnProposal, proposalId"
    })
    void othersSayWhatTheyNeed(String action, String argument) {
        assertThat(Actions.refusal(action, filled(argument)))
                .hasValueSatisfying(why -> assertThat(why).startsWith(argument + " is needed: "));
    }

    /** All arguments that any action has, but one. */
    private static Map<String, String> filled(String without) {
        Map<String, String> all =
                new HashMap<>(
                        Map.of(
                                "amount", "1",
                                "deposit", "0",
                                "reserve", "0",
                                "rewardCut", "1000000",
                                "feeShare", "0",
                                "serviceUri", "https://host:8935",
                                "lockId", "0",
                                "poll", SOMEBODY,
                                "to", SOMEBODY));
        all.remove(without);
        return all;
    }

    @ParameterizedTest
    @CsvSource({
        "fundDeposit, amount, 0",
        "fundDeposit, amount, -1",
        "fundDeposit, amount, 1.5",
        "fundDeposit, amount, 0x10",
        "fundDeposit, amount, ''",
        "fundDeposit, amount, 115792089237316195423570985008687907853269984665640564039457584007913129639936",
        "setServiceUri, serviceUri, host:8935",
        "setServiceUri, serviceUri, ftp://host",
        "setServiceUri, serviceUri, https://a b",
        "withdrawStake, lockId, one",
        "claimEarnings, endRound, -5"
    })
    void whatIsMalformedIsRefused(String action, String argument, String value) {
        assertThat(Actions.refusal(action, Map.of(argument, value)))
                .hasValueSatisfying(why -> assertThat(why).startsWith(argument + " must be "));
    }

    @Test
    void largestNumbersAreTaken() {
        String most = BigInteger.ONE.shiftLeft(256).subtract(BigInteger.ONE).toString();
        assertThat(Actions.refusal("fundDeposit", Map.of("amount", most))).isEmpty();
        assertThat(Actions.refusal("setConfig", Map.of("rewardCut", "1000000", "feeShare", "0")))
                .isEmpty();
        assertThat(Actions.refusal("setConfig", Map.of("rewardCut", "1000001", "feeShare", "0")))
                .isPresent();
        assertThat(Actions.refusal("vote", Map.of("poll", SOMEBODY, "choice", "2"))).isPresent();
        assertThat(Actions.refusal("voteOnProposal", Map.of("proposalId", most, "support", "3")))
                .isPresent();
    }

    @Test
    void anAddressWithAWrongDigitIsRefused() {
        assertThat(transfer(SOMEBODY)).isTrue();
        assertThat(transfer(SOMEBODY.toLowerCase(Locale.ROOT))).isTrue();
        assertThat(transfer(SOMEBODY.replace("79C8", "79c8"))).isFalse();
        assertThat(transfer(SOMEBODY.replace("0x70", "0x71"))).isFalse();
        assertThat(transfer("0x" + "0".repeat(40))).isFalse();
        assertThat(transfer(SOMEBODY.substring(2))).isFalse();
    }

    private static boolean transfer(String to) {
        return Actions.refusal("transferTokens", Map.of("to", to, "amount", "1")).isEmpty();
    }

    @Test
    void anActionThatIsNotKnownIsNamedWithThoseThatAre() {
        assertThat(Actions.refusal("bend", Map.of()))
                .hasValueSatisfying(
                        why -> assertThat(why).contains("no action bend").contains("unbond"));
    }
}

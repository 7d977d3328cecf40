package org.livepeer.flink.operators.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.operators.Requests;
import org.livepeer.flink.operators.ledger.AccountLedger.Funded;
import org.livepeer.flink.operators.ledger.AccountLedger.Refused;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.operators.price.ExchangeRate;
import org.livepeer.flink.operators.price.Price;
import org.livepeer.flink.operators.price.PriceOrigin;
import org.livepeer.flink.schemas.ControlCommand;
import org.livepeer.flink.schemas.SetCreditLimit;
import org.livepeer.flink.schemas.SetPrice;

class AccountLedgerTest {
    private static final long T0 = 1_000_000;
    private static final long NEEDED_PIXELS = 6_134_400L + 122_688;
    private static final Fraction PRICE = Fraction.of(1, 3);

    private final LedgerOptions options = LedgerOptions.defaults().withPrice("1/3");
    private final AccountLedger ledger = new AccountLedger(options);
    private final InMemoryBook book = new InMemoryBook();

    @Test
    void refusesWithoutCreditAndGoesOnWhenItArrives() {
        assertThat(ledger.reserve(book, Requests.request("r1", T0)))
                .isInstanceOfSatisfying(
                        Refused.class,
                        r -> assertThat(r.reason()).isEqualTo(Reason.InsufficientBalance));

        ledger.apply(book, Requests.grant("g1", 10_000_000), T0 + 1);

        assertThat(ledger.reserve(book, Requests.request("r1", T0 + 2))).isInstanceOf(Funded.class);
        assertSumRule();
    }

    @Test
    void aNewPriceIsToldWithTheOldOneAndWhy() {
        book.price = new PriceQuote(Fraction.of(1, 3), "before");
        ExchangeRate rate =
                new ExchangeRate("ETH", "USD", Fraction.of(2_000), BigInteger.TEN, 1_000);
        String id =
                new PriceOrigin(
                                PriceOrigin.By.OPTION,
                                PriceOrigin.Why.RATE,
                                new Price(Fraction.of(1, 1_000_000_000), "USD"),
                                rate)
                        .commandId("1");
        ControlCommand moved =
                ControlCommand.newBuilder()
                        .setId(id)
                        .setTarget("everybody")
                        .setIssuedAtMs(T0)
                        .setCommand(new SetPrice("", Fraction.of(500_000).toRational()))
                        .build();

        ledger.apply(book, moved, T0);
        ledger.apply(book, moved, T0 + 1);

        assertThat(book.events)
                .extracting(e -> e.getType() + " " + e.getReason())
                .containsExactly(
                        "PriceChanged the rate moved",
                        "CommandRepeated applied before: nothing changed");
        assertThat(book.events.get(0).getNumbers())
                .containsEntry("scope", "everybody")
                .containsEntry("price", "500000")
                .containsEntry("was", "1/3")
                .containsEntry("rate", "2000")
                .containsEntry("amount", "1/1000000000")
                .containsEntry("command", id);
        assertSumRule();
    }

    @Test
    void reservesTheGatewaysEstimateAndChargesTheRealPixels() {
        ledger.apply(book, Requests.grant("g1", 10_000_000), T0);
        ledger.reserve(book, Requests.request("r1", T0));
        assertThat(Fraction.of(book.state.getReserved())).isEqualTo(PRICE.times(NEEDED_PIXELS));

        ledger.settle(book, Requests.receipt("r1", T0, true, 6_134_400), T0 + 500);

        assertThat(Fraction.of(book.state.getReserved())).isEqualTo(Fraction.ZERO);
        assertThat(Fraction.of(book.state.getFees())).isEqualTo(PRICE.times(6_134_400));
        assertThat(Fraction.of(book.state.getBalance()))
                .isEqualTo(Fraction.of(10_000_000).minus(PRICE.times(6_134_400)));
        assertSumRule();
    }

    @Test
    void aFailureGivesTheReservationBack() {
        ledger.apply(book, Requests.grant("g1", 10_000_000), T0);
        ledger.reserve(book, Requests.request("r1", T0));

        ledger.settle(book, Requests.receipt("r1", T0, false, 0), T0 + 500);

        assertThat(Fraction.of(book.state.getBalance())).isEqualTo(Fraction.of(10_000_000));
        assertThat(book.state.getOutstanding()).isZero();
    }

    @Test
    void aReceiptReadTwiceChargesOnce() {
        ledger.apply(book, Requests.grant("g1", 10_000_000), T0);
        ledger.reserve(book, Requests.request("r1", T0));

        ledger.settle(book, Requests.receipt("r1", T0, true, 300), T0 + 500);
        ledger.settle(book, Requests.receipt("r1", T0, true, 300), T0 + 900);
        ledger.settle(book, Requests.receipt("r1", T0, false, 0), T0 + 950);

        assertThat(Fraction.of(book.state.getFees())).isEqualTo(Fraction.of(100));
        assertThat(book.state.getChargedSegments()).isEqualTo(1);
    }

    @Test
    void aSuccessReceiptReadBeforeItsPushChargesAndThePushIsAnsweredForNothing() {
        ledger.apply(book, Requests.grant("g1", 10_000_000), T0);

        ledger.settle(book, Requests.receipt("r1", T0, true, 300), T0 + 500);
        Funded funded = (Funded) ledger.reserve(book, Requests.request("r1", T0));

        assertThat(funded.funding().getSettled()).isTrue();
        assertThat(funded.funding().getDoneBy()).isEqualTo("w1");
        assertThat(Fraction.of(book.state.getFees())).isEqualTo(Fraction.of(100));
        assertThat(book.state.getOutstanding()).isZero();
        assertSumRule();
    }

    @Test
    void aSuccessAfterAReleaseStillCharges() {
        ledger.apply(book, Requests.grant("g1", 10_000_000), T0);
        ledger.reserve(book, Requests.request("r1", T0));
        ledger.settle(book, Requests.receipt("r1", T0, false, 0), T0 + 500);

        ledger.settle(book, Requests.receipt("r1", T0, true, 300), T0 + 900);

        assertThat(Fraction.of(book.state.getFees())).isEqualTo(Fraction.of(100));
        assertSumRule();
    }

    @Test
    void theSamePushWithinAMinuteIsFreeAndLaterIsNewWork() {
        ledger.apply(book, Requests.grant("g1", 100_000_000), T0);
        ledger.reserve(book, Requests.request("r1", T0));
        ledger.settle(book, Requests.receipt("r1", T0, true, 300), T0 + 500);

        Funded soon = (Funded) ledger.reserve(book, Requests.request("r1", T0 + 60_000));
        assertThat(soon.funding().getSettled()).isTrue();

        Funded later = (Funded) ledger.reserve(book, Requests.request("r1", T0 + 60_001));
        assertThat(later.funding().getSettled()).isFalse();
        ledger.settle(book, Requests.receipt("r1", T0 + 60_001, true, 300), T0 + 61_000);
        assertThat(Fraction.of(book.state.getFees())).isEqualTo(Fraction.of(200));

        // The first purchase's receipt, read again after a restore, still charges nothing more.
        ledger.settle(book, Requests.receipt("r1", T0, true, 300), T0 + 500);
        assertThat(Fraction.of(book.state.getFees())).isEqualTo(Fraction.of(200));
    }

    @Test
    void aCommandCountsOnceByItsId() {
        ledger.apply(book, Requests.grant("g1", 500), T0);
        ledger.apply(book, Requests.grant("g1", 500), T0 + 1);

        assertThat(Fraction.of(book.state.getGranted())).isEqualTo(Fraction.of(500));
        assertThat(book.types()).containsExactly("CreditGranted", "CommandRepeated");
    }

    @Test
    void aNegativeGrantIsRefused() {
        ledger.apply(book, Requests.grant("g1", -1), T0);

        assertThat(Fraction.of(book.state.getGranted())).isEqualTo(Fraction.ZERO);
        assertThat(book.types()).containsExactly("CommandRefused");
    }

    @Test
    void aCreditLimitLetsTheBalanceGoBelowZeroByThatMuch() {
        ledger.apply(
                book,
                Requests.command("l1", new SetCreditLimit(Fraction.of(2_085_696).toRational())),
                T0);

        // One segment needs 6 257 088 / 3 = 2 085 696 wei: exactly the limit.
        assertThat(ledger.reserve(book, Requests.request("r1", T0))).isInstanceOf(Funded.class);
        assertThat(ledger.reserve(book, Requests.request("r2", T0))).isInstanceOf(Refused.class);
        assertSumRule();
    }

    @Test
    void thePriceIsFrozenForTheSessionAndChangesWithTheNext() {
        ledger.apply(book, Requests.grant("g1", 100_000_000), T0);
        ledger.reserve(book, Requests.request("r1", T0));
        book.price = new PriceQuote(Fraction.of(2), "p1");

        Funded same = (Funded) ledger.reserve(book, Requests.request("r2", T0 + 70_000));
        Funded next = (Funded) ledger.reserve(book, Requests.request("r3", T0 + 140_001));

        assertThat(Fraction.of(same.funding().getPrice())).isEqualTo(PRICE);
        assertThat(Fraction.of(next.funding().getPrice())).isEqualTo(Fraction.of(2));
    }

    @Test
    void aReservationWithoutReceiptIsGivenBackAndAVeryLateReceiptStillCharges() {
        ledger.apply(book, Requests.grant("g1", 10_000_000), T0);
        ledger.reserve(book, Requests.request("r1", T0));

        ledger.releaseOverdue(book, T0 + 30_000 + options.settleGraceMs() - 1);
        assertThat(book.state.getOutstanding()).isEqualTo(1);
        ledger.releaseOverdue(book, T0 + 30_000 + options.settleGraceMs());
        assertThat(book.state.getOutstanding()).isZero();

        ledger.settle(book, Requests.receipt("r1", T0, true, 300), T0 + 200_000);
        assertThat(Fraction.of(book.state.getFees())).isEqualTo(Fraction.of(100));
        assertSumRule();
    }

    @Test
    void whatWasReservedBeforeALongerStandstillThanPurchasesAreRememberedIsGivenBack() {
        ledger.apply(book, Requests.grant("g1", 10_000_000), T0);
        ledger.reserve(book, Requests.request("r1", T0));
        ledger.reserve(book, Requests.request("r2", T0));
        Fraction held = Fraction.of(book.request("r2").getReserved());
        book.requests.remove("r1");

        ledger.releaseOverdue(book, T0 + 1);

        assertThat(book.state.getOutstanding()).isEqualTo(1);
        assertThat(Fraction.of(book.state.getReserved())).isEqualTo(held);
        assertThat(book.reservedKeys()).containsExactly("r2");
        assertSumRule();
        LedgerReplay replay = new LedgerReplay();
        book.events.forEach(replay::accept);
        assertThat(replay.problems()).isEmpty();

        ledger.releaseOverdue(book, T0 + 30_000 + options.settleGraceMs());
        assertThat(book.state.getOutstanding()).isZero();
        assertThat(Fraction.of(book.state.getBalance())).isEqualTo(Fraction.of(10_000_000));
    }

    @Test
    void unusedCreditExpiresByAnEventAndIsAccountedFor() {
        AccountLedger expiring =
                new AccountLedger(
                        new LedgerOptions("0", 70_000, 60_000, 60_000, 3_600_000, 10_000, ""));
        expiring.apply(book, Requests.grant("g1", 500), T0);

        expiring.expireCredit(book, T0 + 9_999);
        assertThat(Fraction.of(book.state.getBalance())).isEqualTo(Fraction.of(500));
        expiring.expireCredit(book, T0 + 10_000);

        assertThat(Fraction.of(book.state.getExpired())).isEqualTo(Fraction.of(500));
        assertThat(book.types()).contains("CreditExpired");
        assertSumRule();
    }

    @Test
    void whateverTheOrderAndTheRepeatsEachDeliveredSegmentIsChargedOnce() {
        Random random = new Random(42);
        for (int round = 0; round < 300; round++) {
            InMemoryBook replayed = new InMemoryBook();
            ledger.apply(replayed, Requests.grant("g", 1_000_000_000), T0);
            List<Runnable> steps = new ArrayList<>();
            int segments = 1 + random.nextInt(6);
            Set<String> delivered = new HashSet<>();
            for (int i = 0; i < segments; i++) {
                String id = "r" + i;
                long at = T0 + i * 2_000L;
                boolean succeeds = random.nextInt(4) > 0;
                if (succeeds) {
                    delivered.add(id);
                }
                int pushes = 1 + random.nextInt(2);
                int receipts = 1 + random.nextInt(3);
                for (int p = 0; p < pushes; p++) {
                    long pushedAt = at + random.nextInt(1_000);
                    steps.add(() -> ledger.reserve(replayed, Requests.request(id, pushedAt)));
                }
                for (int r = 0; r < receipts; r++) {
                    long purchased = at + random.nextInt(1_000);
                    boolean success = succeeds && (r == 0 || random.nextBoolean());
                    steps.add(
                            () ->
                                    ledger.settle(
                                            replayed,
                                            Requests.receipt(id, purchased, success, 300),
                                            purchased + 10));
                }
            }
            java.util.Collections.shuffle(steps, random);
            steps.forEach(Runnable::run);
            assertThat(Accounts.sumRuleHolds(replayed.state)).isTrue();
            assertThat(replayed.state.getChargedSegments()).isEqualTo(delivered.size());
            assertThat(Fraction.of(replayed.state.getFees()))
                    .isEqualTo(Fraction.of(100L * delivered.size()));
        }
    }

    private void assertSumRule() {
        assertThat(Accounts.accountedFor(book.state)).isEqualTo(Accounts.in(book.state));
    }
}

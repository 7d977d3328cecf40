package org.livepeer.flink.operators.ticket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.livepeer.flink.operators.ticket.Gateway.BLOCK;
import static org.livepeer.flink.operators.ticket.Gateway.EV;
import static org.livepeer.flink.operators.ticket.Gateway.PRICE;
import static org.livepeer.flink.operators.ticket.Gateway.T0;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.operators.Receipts;
import org.livepeer.flink.operators.Requests;
import org.livepeer.flink.operators.Tags;
import org.livepeer.flink.operators.auth.ClusterSecret;
import org.livepeer.flink.operators.ledger.Accounts;
import org.livepeer.flink.operators.ledger.LedgerOptions;
import org.livepeer.flink.operators.ledger.LedgerReplay;
import org.livepeer.flink.operators.ledger.Sums;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.schemas.AccountState;
import org.livepeer.flink.schemas.FundedRequest;
import org.livepeer.flink.schemas.LedgerInput;
import org.livepeer.flink.schemas.Receipt;
import org.livepeer.flink.schemas.Request;
import org.livepeer.flink.schemas.SegmentResult;
import org.livepeer.flink.schemas.TicketCredit;
import org.livepeer.flink.schemas.TicketPayment;
import org.livepeer.flink.schemas.net.Payment;
import org.livepeer.flink.schemas.net.PriceInfo;

/** Payments from the topic to their account, with everything that can come twice or too late. */
class PaymentsHarnessTest {
    /** Of 2 s of 240p with the gateway's margin. */
    private static final long PIXELS = 6_257_088;

    private static final int ENOUGH = 10;

    private final Gateway gateway = new Gateway("gateway");
    private final String account = gateway.account("s1");
    private final TicketParams params = gateway.offer("s1");
    private final Fraction ev = params.ticket(gateway.address, 1).expectedValue();
    private PaymentLine line;

    @BeforeEach
    void begin() throws Exception {
        line = new PaymentLine(LedgerOptions.defaults(), null);
    }

    @AfterEach
    void end() throws Exception {
        for (String each : List.of(account, gateway.account("wire.cam"))) {
            if (line.events().stream().anyMatch(event -> event.getStream().equals(each))) {
                replays(each);
            }
        }
        line.close();
    }

    /** The events of every test lead to the state that it left. */
    private void replays(String which) {
        AccountState state = line.account(which);
        assertThat(Accounts.sumRuleHolds(state)).isTrue();
        LedgerReplay replay = new LedgerReplay();
        line.events().forEach(replay::accept);
        if (line.events().get(0).getSequence() == 1) {
            assertThat(replay.problems()).isEmpty();
            assertThat(replay.at(which, state.getEventSequence())).contains(Sums.of(state));
        }
    }

    private Fraction balance() {
        return Fraction.of(line.account(account).getBalance());
    }

    private TicketPayment pay(long... nonces) {
        return gateway.record("s1", gateway.payment(params, nonces).build()).build();
    }

    private Request segment(TicketPayment payment, String id, long at) {
        Request request = Requests.request(id, at);
        request.setAccount(account);
        request.setOwner("0xowner");
        request.setPaymentId(payment.getPaymentId());
        request.setQuotedPrice(PRICE.toRational());
        return request;
    }

    /** As many tickets as a gateway sends for the first segment. */
    private static long[] enough() {
        return LongStream.rangeClosed(1, ENOUGH).toArray();
    }

    @Test
    void goodTicketsAreCreditedExactly() throws Exception {
        TicketPayment payment = pay(3, 1, 2);

        assertThat(line.pay(payment)).isEqualTo("ok");

        assertThat(Fraction.of(line.account(account).getTicketCredit())).isEqualTo(ev.times(3));
        assertThat(balance()).isEqualTo(ev.times(3));
        assertThat(line.events().get(0).getNumbers())
                .containsEntry("taken", "3")
                .containsEntry("payment", payment.getPaymentId());
    }

    @Test
    void theVerdictGoesBackToItsEdge() throws Exception {
        line.ledger.processElement(new StreamRecord<>(credit(pay(1))));

        var answer = line.ledger.getSideOutput(Tags.ANSWERS).peek().getValue();
        assertThat(answer.getReplyPartition()).isEqualTo(3);
        assertThat(answer.getBody().getReplyTag()).isEqualTo("tag");
        assertThat(answer.getBody().getSeq()).isEqualTo(Receipts.VERDICT_SEQ);
        assertThat(answer.getBody().getManifestId()).isEqualTo("wire.cam");
    }

    private static LedgerInput credit(TicketPayment payment) {
        return new LedgerInput(
                payment.getAccount(),
                T0,
                TicketCredit.newBuilder()
                        .setPayment(payment)
                        .setCredit(Fraction.of(EV).toRational())
                        .setTaken(1)
                        .setTickets(1)
                        .setWins(0)
                        .build());
    }

    @Test
    void aRepeatedRecordChangesNothingAndIsToldTheSame() throws Exception {
        TicketPayment payment = pay(1, 2);

        assertThat(line.pay(payment)).isEqualTo("ok");
        assertThat(line.pay(payment)).isEqualTo("ok");

        assertThat(balance()).isEqualTo(ev.times(2));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theSameTicketsOnBothPathsAreCreditedOnce(boolean segmentFirst) throws Exception {
        Payment payment = gateway.payment(params, 1, 2).build();
        TicketPayment forSegment = gateway.record("s1", payment).build();
        TicketPayment alone =
                gateway.record("s1", payment).setAccount(gateway.account("wire.cam")).build();
        String seen =
                "PaymentRefused: invalid ticket senderNonce: already seen sender="
                        + gateway.address
                        + " nonce=2";

        assertThat(line.pay(segmentFirst ? forSegment : alone)).isEqualTo("ok");
        assertThat(line.pay(segmentFirst ? alone : forSegment)).isEqualTo(seen);

        Fraction credited =
                Fraction.of(line.account(account).getTicketCredit())
                        .plus(
                                Fraction.of(
                                        line.account(gateway.account("wire.cam"))
                                                .getTicketCredit()));
        assertThat(credited).isEqualTo(ev.times(2));
    }

    @Test
    void oneBadTicketDoesNotSwallowTheGoodOnes() throws Exception {
        Payment.Builder payment = gateway.payment(params, 1, 2, 3);
        payment.setTicketSenderParams(
                1, payment.getTicketSenderParams(1).toBuilder().setSig(ByteString.EMPTY));

        assertThat(line.pay(gateway.record("s1", payment.build()).build()))
                .isEqualTo("PaymentRefused: invalid ticket signature");

        assertThat(balance()).isEqualTo(ev.times(2));
        assertThat(line.pay(pay(2))).isEqualTo("ok");
        assertThat(balance()).isEqualTo(ev.times(3));
    }

    @Test
    void ticketsOfAnotherSessionAreNone() throws Exception {
        TicketPayment elsewhere = gateway.record("s2", gateway.payment(params, 1).build()).build();

        assertThat(line.pay(elsewhere))
                .isEqualTo("PaymentRefused: invalid recipientRand for ticket recipientRandHash");
        assertThat(line.events()).hasSize(1);
        assertThat(line.pay(pay(1))).isEqualTo("ok");
    }

    @Test
    void aSegmentThatOvertakesItsPaymentWaitsForIt() throws Exception {
        TicketPayment payment = pay(enough());
        line.push(segment(payment, "r1", T0 + 1));
        assertThat(line.funded()).isEmpty();

        assertThat(line.pay(payment)).isEqualTo("ok");

        List<FundedRequest> funded = line.funded();
        assertThat(funded).hasSize(1);
        assertThat(Fraction.of(funded.get(0).getFunding().getReserved()))
                .isEqualTo(PRICE.times(PIXELS));
        assertThat(balance()).isEqualTo(ev.times(ENOUGH).minus(PRICE.times(PIXELS)));
    }

    @Test
    void aSegmentOfARefusedPaymentIsToldItsText() throws Exception {
        TicketPayment payment =
                gateway.record("s1", gateway.payment(params, 1).build())
                        .setL1Block(BLOCK + 40)
                        .build();
        line.push(segment(payment, "r1", T0 + 1));

        assertThat(line.pay(payment)).isEqualTo("PaymentRefused: TicketParams expired");
        line.push(segment(payment, "r2", T0 + 2));

        assertThat(line.funded()).isEmpty();
        assertThat(line.answers())
                .extracting(SegmentResult::getRequestId, SegmentResult::getDetail)
                .containsExactly(tuple("r2", "TicketParams expired"));
    }

    @Test
    void aSegmentWhosePaymentNeverComesIsAnsweredAtItsDeadline() throws Exception {
        line.ledger.setProcessingTime(T0);
        TicketPayment payment = pay(1);
        line.push(segment(payment, "r1", T0));
        line.ledger.setProcessingTime(T0 + 29_000);
        assertThat(line.answers()).isEmpty();

        line.ledger.setProcessingTime(System.currentTimeMillis() + 120_000);

        assertThat(line.answers())
                .extracting(SegmentResult::getStatus)
                .containsExactly("DeadlineExceeded");
        line.pay(payment);
        assertThat(line.funded()).isEmpty();
    }

    @Test
    void aPaymentPaysForOnePurchase() throws Exception {
        TicketPayment payment = pay(enough());
        line.pay(payment);
        line.push(segment(payment, "r1", T0));
        FundedRequest first = line.funded().get(0);
        line.settle(receipt(first));
        Fraction paid = balance();

        // The same record of the topic, written again by somebody, within and after a minute.
        line.push(segment(payment, "r1", T0 + 30_000));
        assertThat(line.funded())
                .singleElement()
                .satisfies(f -> assertThat(f.getFunding().getSettled()).isTrue());
        line.push(segment(payment, "r1", T0 + 100_000));

        assertThat(line.funded()).isEmpty();
        assertThat(line.answers())
                .extracting(SegmentResult::getStatus)
                .containsExactly("PaymentUsed");
        assertThat(balance()).isEqualTo(paid);
    }

    private static Receipt receipt(FundedRequest funded) {
        Receipt receipt =
                Receipts.success(funded, "lease", "w", List.of(), 1, 1, T0 + 500, List.of());
        receipt.setPixels(6_134_400);
        return receipt;
    }

    @Test
    void theSessionsPriceCountsAndNotWhatTheGatewaySays() throws Exception {
        Payment forNothing =
                Payment.newBuilder()
                        .setSender(ByteString.copyFrom(gateway.address.bytes()))
                        .setExpectedPrice(
                                PriceInfo.newBuilder().setPricePerUnit(0).setPixelsPerUnit(1))
                        .build();

        assertThat(line.pay(gateway.record("s1", forNothing).build()))
                .isEqualTo("PaymentRefused: Insufficient balance");
        assertThat(
                        line.pay(
                                gateway.record("s1", forNothing)
                                        .setPrice(Fraction.ZERO.toRational())
                                        .build()))
                .isEqualTo("ok");
    }

    @Test
    void oneTicketOpensASessionAndTheOverdraftEndsIt() throws Exception {
        // Ten seconds are owed: five segments of two, of which the first ticket pays next to
        // nothing.
        List<String> said = new ArrayList<>();
        for (int i = 1; i <= 6; i++) {
            TicketPayment payment = pay(i);
            said.add(line.pay(payment));
            line.push(segment(payment, "r" + i, T0 + i));
            line.answers();
        }

        assertThat(said)
                .containsExactly(
                        "ok", "ok", "ok", "ok", "ok", "PaymentRefused: Insufficient balance");
        assertThat(line.funded()).hasSize(5);
        Fraction owed = PRICE.times(5 * PIXELS).minus(ev.times(6));
        assertThat(balance()).isEqualTo(owed.negate());
    }

    @Test
    void theOperatorsOverdraftCounts() throws Exception {
        LedgerOptions usual = LedgerOptions.defaults();
        try (PaymentLine strict =
                new PaymentLine(
                        new LedgerOptions(
                                "0",
                                usual.sessionTimeoutMs(),
                                usual.resultKeptMs(),
                                usual.settleGraceMs(),
                                usual.entryRetentionMs(),
                                0,
                                "0"),
                        null)) {
            assertThat(strict.pay(pay(1))).isEqualTo("PaymentRefused: Insufficient balance");
        }
    }

    @Test
    void whatIsHeldForWorkCountsAsThere() throws Exception {
        // A gateway counts a segment at what it took, and knows that before we do.
        TicketPayment first = pay(enough());
        line.pay(first);
        line.push(segment(first, "r1", T0));
        assertThat(balance()).isLessThan(Fraction.of(EV));

        Payment nothing =
                Payment.newBuilder()
                        .setSender(ByteString.copyFrom(gateway.address.bytes()))
                        .build();

        assertThat(line.pay(gateway.record("s1", nothing).build())).isEqualTo("ok");
    }

    @Test
    void noncesSurviveARestore() throws Exception {
        Payment payment = gateway.payment(params, 1, 2).build();
        line.pay(gateway.record("s1", payment).build());
        PaymentLine.Saved saved = line.save();
        line.close();

        line = new PaymentLine(LedgerOptions.defaults(), saved);
        assertThat(line.pay(gateway.record("s1", payment).build())).contains("already seen");
        assertThat(balance()).isEqualTo(ev.times(2));
        assertThat(Accounts.sumRuleHolds(line.account(account))).isTrue();
    }

    @Test
    void whatHasExpiredIsForgottenAndNeverTakenAgain() throws Exception {
        Payment payment = gateway.payment(params, 1).build();
        line.pay(gateway.record("s1", payment).build());
        TicketParams later = gateway.offer("s1", 3, BLOCK + 200, 100_000_000);
        assertThat(
                        line.pay(
                                gateway.record("s1", gateway.payment(later, 1).build())
                                        .setL1Block(BLOCK + 200)
                                        .build()))
                .isEqualTo("ok");

        // An edge that lags far behind: its block counts as 64 before the newest at the most.
        assertThat(line.pay(gateway.record("s1", payment).build()))
                .isEqualTo("PaymentRefused: TicketParams expired");
        assertThat(balance()).isEqualTo(ev.plus(later.ticket(gateway.address, 1).expectedValue()));
    }

    @Test
    void anOldRecordWrittenAgainIsWorthNothing() throws Exception {
        TicketPayment payment = pay(1);

        assertThat(line.pay(PaymentLine.onTopic(payment, T0 + 600_001, Requests.SECRET)))
                .isEqualTo("PaymentRefused: the payment was under way for too long");
        assertThat(Fraction.of(line.account(account).getTicketCredit())).isEqualTo(Fraction.ZERO);
    }

    @Test
    void aRecordOfNoEdgeIsADeadLetter() throws Exception {
        assertThat(
                        line.pay(
                                PaymentLine.onTopic(
                                        pay(1),
                                        T0,
                                        new ClusterSecret(
                                                new byte[] {
                                                    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,
                                                    15, 16
                                                }))))
                .isEqualTo("nothing");
        assertThat(line.deadLetters())
                .singleElement()
                .satisfies(d -> assertThat(d.getReason()).isEqualTo(Reason.BadMac.name()));
    }

    @Test
    void winsCanBeRedeemedFromWhatIsWritten() throws Exception {
        TicketParams lucky = gateway.luckyOffer("s1");
        TicketPayment payment =
                gateway.record(
                                "s1",
                                gateway.payment(lucky, LongStream.rangeClosed(1, 40).toArray())
                                        .build())
                        .build();
        line.pay(payment);

        assertThat(line.wins()).hasSizeBetween(5, 35);
        RecipientRands rands = Recipient.secret(Requests.SECRET);
        for (var win : line.wins()) {
            BigInteger rand =
                    rands.rand(
                            new RecipientRands.Bound(
                                    win.getSessionId(),
                                    Bytes.number(win.getSeed()),
                                    EthAddress.of(Bytes.of(win.getSender())),
                                    Bytes.number(win.getFaceValue()),
                                    Bytes.number(win.getWinProb()),
                                    Bytes.number(win.getExpirationBlock()),
                                    Fraction.of(win.getPrice()),
                                    win.getCreationRound(),
                                    Bytes.of(win.getCreationRoundBlockHash())));
            Ticket ticket = lucky.ticket(gateway.address, win.getSenderNonce());
            assertThat(RecipientRands.hash(rand)).isEqualTo(Bytes.of(win.getRecipientRandHash()));
            assertThat(ticket.hash()).isEqualTo(Bytes.of(win.getTicketHash()));
            assertThat(ticket.wins(Bytes.of(win.getSignature()), rand)).isTrue();
        }
    }

    @Test
    void moreThanOneRandTakesAreNotEvenLookedAt() throws Exception {
        String said = line.pay(pay(LongStream.rangeClosed(1, 2_000).toArray()));

        assertThat(said).contains("too many values").contains("nonce=601");
        assertThat(balance()).isEqualTo(ev.times(600));
    }

    /** Whatever comes twice or in another order, and wherever it is begun again. */
    @Test
    void noOrderRepetitionOrRestartChangesTheCredit() throws Exception {
        Random random = new Random(1);
        for (int round = 0; round < 4; round++) {
            String session = "s" + round;
            TicketParams offer = gateway.offer(session);
            List<TicketPayment> payments = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                long[] nonces = random.longs(1 + random.nextInt(4), 1, 20).toArray();
                payments.add(
                        gateway.record(session, gateway.payment(offer, nonces).build()).build());
            }
            long distinct = payments.stream().flatMap(p -> nonces(p).stream()).distinct().count();
            payments.addAll(payments.subList(0, 6));
            Collections.shuffle(payments, random);
            for (TicketPayment payment : payments) {
                line.pay(payment);
                if (random.nextInt(5) == 0) {
                    PaymentLine.Saved saved = line.save();
                    line.close();
                    line = new PaymentLine(LedgerOptions.defaults(), saved);
                }
            }
            line.pay(payments.get(0));
            line.pay(gateway.record(session, gateway.payment(offer, 1_000).build()).build());
            assertThat(Fraction.of(line.account(gateway.account(session)).getTicketCredit()))
                    .isEqualTo(
                            offer.ticket(gateway.address, 1).expectedValue().times(distinct + 1));
        }
    }

    /** An edge hands on what a gateway sent, whatever it is. */
    @Test
    void damagedPaymentsEndInAVerdictAndBringNothing() throws Exception {
        Random random = new Random(9);
        byte[] good = gateway.payment(params, 1, 2, 3).build().toByteArray();
        for (int i = 0; i < 2_000; i++) {
            byte[] damaged = good.clone();
            for (int n = random.nextInt(4); n >= 0; n--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            }
            TicketPayment payment =
                    gateway.record("s1", Payment.getDefaultInstance())
                            .setPayment(
                                    ByteBuffer.wrap(
                                            random.nextInt(5) == 0
                                                    ? Arrays.copyOf(
                                                            damaged, random.nextInt(damaged.length))
                                                    : damaged))
                            .build();
            assertThat(line.pay(payment)).isNotEqualTo("nothing");
        }

        Fraction credit = Fraction.of(line.account(account).getTicketCredit());
        assertThat(credit).isLessThanOrEqualTo(ev.times(3));
        line.pay(pay(1, 2, 3));
        assertThat(Fraction.of(line.account(account).getTicketCredit())).isEqualTo(ev.times(3));
    }

    private static List<Integer> nonces(TicketPayment payment) {
        try {
            return Payment.parseFrom(ByteString.copyFrom(payment.getPayment().duplicate()))
                    .getTicketSenderParamsList()
                    .stream()
                    .map(t -> t.getSenderNonce())
                    .toList();
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(e);
        }
    }
}

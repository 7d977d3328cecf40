package org.livepeer.flink.operators.ticket;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.livepeer.flink.operators.hash.Keccak256;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.operators.ticket.Recipient.Checked;
import org.livepeer.flink.operators.ticket.Recipient.Signed;
import org.livepeer.flink.operators.ticket.SessionTickets.Received;

/** Tickets from their parameters to their credit. */
class RecipientTest {
    private static final byte[] KEY = Keccak256.of("gateway".getBytes(UTF_8));
    private static final Secp256k1 CURVE = new NativeCurve();
    private static final EthAddress SENDER = CURVE.address(KEY);
    private static final EthAddress US = EthAddress.of(new byte[] {7});
    private static final BigInteger EV = BigInteger.valueOf(8_000_000_000L);
    private static final BigInteger FLOAT = BigInteger.TEN.pow(18);
    private static final Fraction PRICE = Fraction.of(1_200, 1_000);
    private static final BigInteger SEED = BigInteger.TWO.pow(255).add(BigInteger.ONE);
    private static final BigInteger BLOCK = BigInteger.valueOf(20_000_000);
    private static final ChainView CHAIN = chain(5, hash("round 5"), hash("round 4"));

    private final EthSignatures signatures = new EthSignatures(CURVE);
    private final Recipient recipient = recipient("a secret of 32 bytes, kept ......");

    private static byte[] hash(String text) {
        return Keccak256.of(text.getBytes(UTF_8));
    }

    private static ChainView chain(long round, byte[] hash, byte[] before) {
        return new ChainView(BLOCK, round, hash, before, BigInteger.valueOf(100_000_000));
    }

    private static Recipient recipient(String secret) {
        return new Recipient(
                US,
                new RecipientRands(secret.getBytes(UTF_8)),
                CURVE,
                new Recipient.Terms(EV, 1_200_000, BigInteger.ZERO));
    }

    private TicketParams offer(String session) throws Exception {
        return recipient.offer(session, SENDER, PRICE, SEED, CHAIN, FLOAT);
    }

    private Signed signed(TicketParams params, long nonce) {
        return new Signed(nonce, signatures.sign(params.ticket(SENDER, nonce).hash(), KEY));
    }

    private List<Signed> tickets(TicketParams params, long... nonces) {
        return Arrays.stream(nonces).mapToObj(nonce -> signed(params, nonce)).toList();
    }

    private Received receive(TicketParams params, SeenNonces seen, List<Signed> tickets)
            throws Exception {
        return SessionTickets.receive(
                recipient.check("s1", SENDER, params, tickets),
                seen,
                params.expirationBlock(),
                BLOCK);
    }

    @Test
    void aTicketIsWorthAtLeastWhatIsAskedFor() throws Exception {
        TicketParams params = offer("s1");

        assertThat(params.expirationBlock()).isEqualTo(BLOCK.add(BigInteger.valueOf(40)));
        assertThat(params.creationRound()).isEqualTo(5);
        assertThat(params.faceValue()).isEqualTo("12000000000000000");
        assertThat(params.ticket(SENDER, 1).expectedValue())
                .isGreaterThanOrEqualTo(Fraction.of(EV));
        assertThat(params.ticket(SENDER, 1).expectedValue())
                .isLessThan(Fraction.of(EV.add(BigInteger.ONE)));
    }

    @Test
    void withoutABlockHashTheRoundBeforeIsNamed() throws Exception {
        TicketParams params =
                recipient.offer(
                        "s1", SENDER, PRICE, SEED, chain(5, new byte[32], hash("4")), FLOAT);

        assertThat(params.creationRound()).isEqualTo(4);
        assertThat(params.creationRoundBlockHash()).isEqualTo(hash("4"));
    }

    @Test
    void workForNothingHasTicketsForNothing() throws Exception {
        TicketParams params =
                recipient.offer("s1", SENDER, Fraction.ZERO, SEED, CHAIN, BigInteger.ZERO);

        assertThat(params.faceValue()).isZero();
        assertThat(params.winProb()).isZero();
        assertThat(params.ticket(SENDER, 1).expectedValue()).isEqualTo(Fraction.ZERO);
        assertThatThrownBy(() -> recipient.offer("s1", SENDER, PRICE, SEED, CHAIN, BigInteger.ZERO))
                .hasMessage("insufficient sender reserve");
    }

    @Test
    void goodTicketsAreCreditedExactly() throws Exception {
        TicketParams params = offer("s1");

        Received received = receive(params, new SeenNonces(), tickets(params, 1, 2, 3));

        assertThat(received.error()).isNull();
        assertThat(received.taken()).isEqualTo(3);
        assertThat(received.credit()).isEqualTo(params.ticket(SENDER, 1).expectedValue().times(3));
    }

    @Test
    void paramsAreOursForOneSenderAndOneSession() throws Exception {
        TicketParams params = offer("s1");
        List<Signed> tickets = tickets(params, 1);
        String rand = "invalid recipientRand for ticket recipientRandHash";

        assertThatThrownBy(() -> recipient.check("s2", SENDER, params, tickets)).hasMessage(rand);
        assertThatThrownBy(() -> recipient.check("s1", US, params, tickets)).hasMessage(rand);
        assertThatThrownBy(() -> recipient("another").check("s1", SENDER, params, tickets))
                .hasMessage(rand);
        assertThatThrownBy(() -> recipient.check("s1", EthAddress.ZERO, params, tickets))
                .hasMessage("invalid ticket sender");
        TicketParams others =
                new TicketParams(
                        SENDER,
                        params.faceValue(),
                        params.winProb(),
                        params.recipientRandHash(),
                        params.seed(),
                        params.expirationBlock(),
                        params.price(),
                        params.creationRound(),
                        params.creationRoundBlockHash());
        assertThatThrownBy(() -> recipient.check("s1", SENDER, others, tickets))
                .hasMessage("invalid ticket recipient");
    }

    @Test
    void nothingOfThemCanBeChanged() throws Exception {
        TicketParams p = offer("s1");
        BigInteger more = BigInteger.valueOf(256);
        List<TicketParams> changed =
                List.of(
                        with(
                                p,
                                p.faceValue().add(BigInteger.ONE),
                                p.winProb(),
                                p.expirationBlock()),
                        with(
                                p,
                                p.faceValue(),
                                p.winProb().add(BigInteger.ONE),
                                p.expirationBlock()),
                        with(p, p.faceValue(), p.winProb(), p.expirationBlock().add(more)),
                        with(p, BigInteger.TWO.pow(300), p.winProb(), p.expirationBlock()),
                        with(p, p.faceValue(), BigInteger.TWO.pow(256), p.expirationBlock()),
                        moved(p));
        for (TicketParams each : changed) {
            assertThatThrownBy(
                            () ->
                                    recipient.check(
                                            "s1",
                                            SENDER,
                                            each,
                                            List.of(new Signed(1, new byte[65]))))
                    .isInstanceOf(Recipient.FatalException.class)
                    .hasMessage("invalid recipientRand for ticket recipientRandHash");
        }
    }

    /**
     * The first byte of the winning probability put behind the face value: the same bytes in all.
     */
    private static TicketParams moved(TicketParams p) {
        byte[] prob = p.winProb().toByteArray();
        int from = prob[0] == 0 ? 1 : 0;
        BigInteger face = p.faceValue().shiftLeft(8).or(BigInteger.valueOf(prob[from] & 0xff));
        BigInteger rest = new BigInteger(1, Arrays.copyOfRange(prob, from + 1, prob.length));
        return with(p, face, rest, p.expirationBlock());
    }

    private static TicketParams with(
            TicketParams p, BigInteger faceValue, BigInteger winProb, BigInteger block) {
        return new TicketParams(
                p.recipient(),
                faceValue,
                winProb,
                p.recipientRandHash(),
                p.seed(),
                block,
                p.price(),
                p.creationRound(),
                p.creationRoundBlockHash());
    }

    @Test
    void aBadTicketCostsOnlyItself() throws Exception {
        TicketParams params = offer("s1");
        List<Signed> tickets = new ArrayList<>(tickets(params, 1, 2, 4));
        tickets.add(1, new Signed(3, tickets.get(0).signature()));
        tickets.add(3, new Signed(9, new byte[3]));

        Received received = receive(params, new SeenNonces(), tickets);

        assertThat(received.taken()).isEqualTo(3);
        assertThat(received.error()).isEqualTo("invalid ticket signature");
    }

    @Test
    void aTicketIsPaidInOnceAndWinsEachTimeItIsShown() throws Exception {
        TicketParams params = offer("s1");
        TicketParams sure = with(params, params.faceValue(), Words.MOST, params.expirationBlock());
        SeenNonces seen = new SeenNonces();
        Checked wins = new Checked(sure.ticket(SENDER, 1), new byte[65], true, true);

        Received first = SessionTickets.receive(List.of(wins), seen, sure.expirationBlock(), BLOCK);
        Received again = SessionTickets.receive(List.of(wins), seen, sure.expirationBlock(), BLOCK);

        assertThat(first.credit()).isEqualTo(Fraction.of(sure.faceValue()));
        assertThat(again.credit()).isEqualTo(Fraction.ZERO);
        assertThat(again.error())
                .isEqualTo(
                        "invalid ticket senderNonce: already seen sender=" + SENDER + " nonce=1");
        assertThat(first.wins()).isEqualTo(again.wins()).hasSize(1);
    }

    @Test
    void sixHundredNoncesAreTheMostOfOneRand() throws Exception {
        TicketParams params = offer("s1");
        List<Checked> tickets = new ArrayList<>();
        for (long nonce = 1; nonce <= 601; nonce++) {
            tickets.add(new Checked(params.ticket(SENDER, nonce), new byte[65], true, false));
        }

        Received received =
                SessionTickets.receive(tickets, new SeenNonces(), params.expirationBlock(), BLOCK);

        assertThat(received.taken()).isEqualTo(600);
        assertThat(received.error())
                .isEqualTo(
                        "invalid ticket senderNonce: too many values sender="
                                + SENDER
                                + " nonce=601");
    }

    @Test
    void expiredOnesAreNotCreditedAndTheirNoncesAreGone() throws Exception {
        TicketParams params = offer("s1");
        SeenNonces seen = new SeenNonces();
        List<Checked> tickets = recipient.check("s1", SENDER, params, tickets(params, 1));
        BigInteger end = params.expirationBlock();

        assertThat(SessionTickets.receive(tickets, seen, end, end).error())
                .isEqualTo("TicketParams expired");
        assertThat(seen.size()).isEqualTo(1);
        assertThat(
                        SessionTickets.receive(
                                        tickets,
                                        new SeenNonces(),
                                        end,
                                        end.subtract(BigInteger.ONE))
                                .error())
                .isNull();
    }

    /** Whatever way tickets are packed, ordered, repeated: each is credited once. */
    @Test
    void orderAndRepetitionChangeNoBalance() throws Exception {
        TicketParams params = offer("s1");
        Random random = new Random(20261126);
        List<Signed> all = new ArrayList<>();
        for (int nonce = 1; nonce <= 40; nonce++) {
            all.add(signed(params, nonce));
        }
        Fraction once = params.ticket(SENDER, 1).expectedValue().times(40);
        for (int run = 0; run < 20; run++) {
            List<Signed> sent = new ArrayList<>(all);
            for (int i = 0; i < 60; i++) {
                sent.add(all.get(random.nextInt(all.size())));
            }
            Collections.shuffle(sent, random);
            SeenNonces seen = new SeenNonces();
            Fraction credit = Fraction.ZERO;
            for (int from = 0; from < sent.size(); ) {
                int to = Math.min(sent.size(), from + 1 + random.nextInt(15));
                credit = credit.plus(receive(params, seen, sent.subList(from, to)).credit());
                seen = new SeenNonces(seen.toArray());
                from = to;
            }
            assertThat(credit).as("run %d", run).isEqualTo(once);
        }
    }
}

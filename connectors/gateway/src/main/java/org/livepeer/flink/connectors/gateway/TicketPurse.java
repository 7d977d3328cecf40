package org.livepeer.flink.connectors.gateway;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.google.protobuf.ByteString;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.Map;
import org.livepeer.flink.operators.hash.Keccak256;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.operators.ticket.EthAddress;
import org.livepeer.flink.operators.ticket.GatewayEstimate;
import org.livepeer.flink.operators.ticket.MessageSigner;
import org.livepeer.flink.operators.ticket.Ticket;
import org.livepeer.flink.schemas.net.OrchestratorInfo;
import org.livepeer.flink.schemas.net.Payment;
import org.livepeer.flink.schemas.net.PriceInfo;
import org.livepeer.flink.schemas.net.TicketParams;
import org.livepeer.flink.schemas.net.TicketSenderParams;

/**
 * A gateway's account and its books: tickets lift the balance of a session to what a segment is
 * expected to cost, and what is left comes back with the result (go-livepeer {@code
 * core/accounting.go}, {@code server/segment_rpc.go}). Not thread-safe.
 */
public final class TicketPurse {
    /** Most that a ticket may be worth, wei ({@code -maxTicketEV}). */
    static final BigInteger MAX_TICKET_EV = BigInteger.valueOf(3_000_000_000_000L);

    /** Most that the tickets of a segment may be worth, wei ({@code -maxTotalEV}). */
    static final BigInteger MAX_TOTAL_EV = BigInteger.valueOf(20_000_000_000_000L);

    /** Numbers that an orchestrator takes of the same parameters. */
    static final int MOST_TICKETS = 600;

    private final MessageSigner key;
    private final Map<String, Fraction> balances = new HashMap<>();
    private final Map<ByteString, Integer> nonces = new HashMap<>();
    private final TicketHeard heard;

    /** Told each ticket that is made, and what the orchestrator offered for it. */
    @FunctionalInterface
    public interface TicketHeard {
        void made(OrchestratorInfo offer, Ticket ticket, byte[] signature);
    }

    /**
     * @param key the account's
     */
    public TicketPurse(MessageSigner key, TicketHeard heard) {
        this.key = key;
        this.heard = heard;
    }

    /** The account. */
    public EthAddress address() {
        return key.address();
    }

    /** A signature as nodes of the network give it: over the hash of what is signed. */
    public byte[] nodeSignature(byte[] bytes) {
        return key.sign(Keccak256.of(bytes));
    }

    /** Proves the account to an orchestrator. */
    public byte[] introduction() {
        return nodeSignature(address().toString().getBytes(US_ASCII));
    }

    /** What a session has left by these books, wei. */
    public Fraction balance(String session) {
        return balances.getOrDefault(session, Fraction.ZERO);
    }

    /**
     * wei of a pixel.
     *
     * @throws OrchestratorException when that is no price
     */
    public static Fraction price(PriceInfo price) throws OrchestratorException {
        if (price.getPricePerUnit() < 0 || price.getPixelsPerUnit() <= 0) {
            throw new OrchestratorException(
                    "its price is "
                            + price.getPricePerUnit()
                            + " wei for "
                            + price.getPixelsPerUnit()
                            + " pixels, which is none");
        }
        return Fraction.of(price.getPricePerUnit(), price.getPixelsPerUnit());
    }

    /** The ticket of a number. */
    public Ticket ticket(TicketParams params, long nonce) {
        return new Ticket(
                EthAddress.of(params.getRecipient().toByteArray()),
                address(),
                number(params.getFaceValue()),
                number(params.getWinProb()),
                nonce,
                params.getRecipientRandHash().toByteArray(),
                params.getExpirationParams().getCreationRound(),
                params.getExpirationParams().getCreationRoundBlockHash().toByteArray());
    }

    /** A payment of so many more tickets with the parameters that were told last. */
    public Payment.Builder payment(OrchestratorInfo info, int tickets) {
        Payment.Builder payment =
                Payment.newBuilder()
                        .setSender(ByteString.copyFrom(address().bytes()))
                        .setExpectedPrice(info.getPriceInfo());
        if (tickets == 0) {
            return payment;
        }
        TicketParams params = info.getTicketParams();
        payment.setTicketParams(params.toBuilder().clearExpirationParams())
                .setExpirationParams(params.getExpirationParams());
        for (int i = 0; i < tickets; i++) {
            int nonce = nonces.merge(params.getRecipientRandHash(), 1, Integer::sum);
            Ticket ticket = ticket(params, nonce);
            byte[] signature = key.sign(ticket.hash());
            heard.made(info, ticket, signature);
            payment.addTicketSenderParams(
                    TicketSenderParams.newBuilder()
                            .setSenderNonce(nonce)
                            .setSig(ByteString.copyFrom(signature)));
        }
        return payment;
    }

    /**
     * What goes out for a segment.
     *
     * @param worth of the tickets, wei
     * @param before what the session had left, wei
     */
    public record Staged(Payment payment, int tickets, Fraction worth, Fraction before) {}

    /**
     * Takes the whole balance of the session, and fills what is missing with tickets.
     *
     * @param fee that the segment is expected to cost, wei
     * @throws OrchestratorException when it asks for more than a gateway gives; nothing is taken
     */
    public Staged stage(OrchestratorInfo info, Fraction fee) throws OrchestratorException {
        TicketParams params = info.getTicketParams();
        if (params.getRecipient().size() != 20
                || params.getRecipientRandHash().size() != 32
                || params.getFaceValue().size() > 32
                || params.getWinProb().size() > 32) {
            throw new OrchestratorException("its answer holds no parameters of tickets");
        }
        Ticket model = ticket(params, 1);
        Fraction each = model.expectedValue();
        if (each.signum() <= 0 || each.compareTo(Fraction.of(model.faceValue())) >= 0) {
            throw new OrchestratorException(
                    "ticket faceValue too low faceValue=" + model.faceValue());
        }
        if (each.compareTo(Fraction.of(MAX_TICKET_EV)) > 0) {
            throw new OrchestratorException(
                    "ticket EV " + each + " > max ticket EV " + MAX_TICKET_EV);
        }
        String session = info.getAuthToken().getSessionId();
        Fraction before = balance(session);
        BigInteger tickets =
                GatewayEstimate.tickets(before, fee.compareTo(each) > 0 ? fee : each, each);
        if (each.times(Fraction.of(tickets)).compareTo(Fraction.of(MAX_TOTAL_EV)) > 0) {
            throw new OrchestratorException(
                    "total ticket EV "
                            + each.times(Fraction.of(tickets))
                            + " for "
                            + tickets
                            + " tickets > max total ticket EV "
                            + MAX_TOTAL_EV);
        }
        if (tickets.compareTo(BigInteger.valueOf(MOST_TICKETS)) > 0) {
            throw new OrchestratorException(
                    "it wants "
                            + tickets
                            + " tickets for a segment, and takes "
                            + MOST_TICKETS
                            + " of the same parameters");
        }
        int number = tickets.intValueExact();
        Payment payment = payment(info, number).build();
        balances.put(session, Fraction.ZERO);
        return new Staged(payment, number, each.times(number), before);
    }

    /** Books what came back: the staged credit less what the pixels cost. */
    public void change(String session, Staged staged, Fraction price, long pixels) {
        Fraction left = staged.before().plus(staged.worth()).minus(price.times(pixels));
        balances.merge(session, left, Fraction::plus);
    }

    private static BigInteger number(ByteString bytes) {
        return new BigInteger(1, bytes.toByteArray());
    }
}

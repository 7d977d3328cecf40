package org.livepeer.flink.operators.ticket;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.operators.ticket.Recipient.Checked;

/**
 * What a payment is worth, given the nonces that its recipientRand has seen ({@code
 * core/orchestrator.go}, ProcessPayment). A ticket that cannot be taken costs only itself: the good
 * ones of the same payment are credited all the same, which go-livepeer does not do for those
 * behind it.
 */
public final class SessionTickets {
    private SessionTickets() {}

    /**
     * What came of a payment.
     *
     * @param credit wei, exact
     * @param taken tickets in it
     * @param wins tickets to be redeemed; the same ones again when they are paid again
     * @param error go-livepeer's text for the last ticket that was not taken; null when all were
     */
    public record Received(
            Fraction credit, int taken, List<Checked> wins, @Nullable String error) {}

    /**
     * Takes the tickets of one recipientRand.
     *
     * @param seen nonces of that recipientRand; it is added to
     * @param expirationBlock of the parameters, L1
     * @param l1Block newest when the payment arrived
     */
    public static Received receive(
            List<Checked> tickets,
            SeenNonces seen,
            BigInteger expirationBlock,
            BigInteger l1Block) {
        int taken = 0;
        List<Checked> wins = new ArrayList<>();
        String error = null;
        for (Checked each : tickets) {
            String fault = fault(each, seen, expirationBlock, l1Block);
            if (fault == null) {
                taken++;
            } else {
                error = fault;
            }
            if (each.wins()) {
                wins.add(each);
            }
        }
        // They have the same parameters, so each is worth the same.
        Fraction credit =
                taken == 0 ? Fraction.ZERO : tickets.get(0).ticket().expectedValue().times(taken);
        return new Received(credit, taken, List.copyOf(wins), error);
    }

    private static @Nullable String fault(
            Checked each, SeenNonces seen, BigInteger expirationBlock, BigInteger l1Block) {
        if (!each.isSigned()) {
            return "invalid ticket signature";
        }
        return switch (seen.take(each.ticket().senderNonce())) {
            case SEEN -> nonceFault("already seen", each.ticket());
            case TOO_MANY -> nonceFault("too many values", each.ticket());
            case NEW -> expirationBlock.compareTo(l1Block) <= 0 ? "TicketParams expired" : null;
        };
    }

    private static String nonceFault(String fault, Ticket ticket) {
        return "invalid ticket senderNonce: "
                + fault
                + " sender="
                + ticket.sender()
                + " nonce="
                + ticket.senderNonce();
    }
}

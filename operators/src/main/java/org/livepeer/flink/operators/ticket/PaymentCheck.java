package org.livepeer.flink.operators.ticket;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.livepeer.flink.operators.ticket.Recipient.Checked;
import org.livepeer.flink.operators.ticket.Recipient.FatalException;
import org.livepeer.flink.schemas.CheckedPayment;
import org.livepeer.flink.schemas.CheckedTicket;
import org.livepeer.flink.schemas.TicketPayment;
import org.livepeer.flink.schemas.net.Payment;

/** What can be said of a payment without knowing any other. */
final class PaymentCheck {
    /**
     * Longest between a payment's arrival at an edge and its place in the topic. Nonces are
     * remembered for much longer than that, so that an old record that somebody writes again is
     * worth nothing.
     */
    static final long LONGEST_WAY_MS = 600_000;

    private final RecipientRands rands;
    private final Secp256k1 curve;

    PaymentCheck(RecipientRands rands, Secp256k1 curve) {
        this.rands = rands;
        this.curve = curve;
    }

    CheckedPayment check(TicketPayment payment, long appendedAtMs) {
        CheckedPayment checked =
                CheckedPayment.newBuilder()
                        .setPayment(payment)
                        .setTickets(List.of())
                        .setAppendedAtMs(appendedAtMs)
                        .build();
        try {
            if (Math.abs(appendedAtMs - payment.getArrivedAtMs()) > LONGEST_WAY_MS) {
                throw new FatalException("the payment was under way for too long");
            }
            WirePayment wire = WirePayment.read(parse(payment), Standing.UNASKED);
            TicketParams params = wire.params();
            if (params != null) {
                // No more of one rand are ever taken: one more, to say so.
                int most = Math.min(wire.tickets().size(), SeenNonces.MOST + 1);
                Recipient recipient =
                        new Recipient(
                                EthAddress.of(Bytes.of(payment.getRecipient())), rands, curve);
                checked.setTickets(
                        tickets(
                                recipient.check(
                                        payment.getSessionId(),
                                        wire.sender(),
                                        params,
                                        wire.tickets().subList(0, most))));
            }
        } catch (FatalException e) {
            checked.setFault(String.valueOf(e.getMessage()));
        }
        return checked;
    }

    /** The payment as the gateway sent it. */
    static Payment parse(TicketPayment payment) throws FatalException {
        try {
            return Payment.parseFrom(ByteString.copyFrom(payment.getPayment().duplicate()));
        } catch (InvalidProtocolBufferException e) {
            throw new FatalException("the payment cannot be read");
        }
    }

    private static List<CheckedTicket> tickets(List<Checked> all) {
        List<CheckedTicket> tickets = new ArrayList<>(all.size());
        for (Checked each : all) {
            tickets.add(
                    new CheckedTicket(
                            each.ticket().senderNonce(),
                            ByteBuffer.wrap(each.signature()),
                            each.isSigned(),
                            each.wins()));
        }
        return tickets;
    }
}

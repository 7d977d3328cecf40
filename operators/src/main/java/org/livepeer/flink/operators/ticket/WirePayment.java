package org.livepeer.flink.operators.ticket;

import com.google.protobuf.ByteString;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.operators.ticket.Recipient.FatalException;
import org.livepeer.flink.operators.ticket.Recipient.Signed;
import org.livepeer.flink.schemas.net.Payment;
import org.livepeer.flink.schemas.net.PriceInfo;
import org.livepeer.flink.schemas.net.TicketSenderParams;

/**
 * A payment as a gateway sent it, with what can be said of it before a ticket is looked at ({@code
 * core/orchestrator.go}, ProcessPayment).
 *
 * @param params null when it holds no tickets and asks for nothing
 */
public record WirePayment(EthAddress sender, @Nullable TicketParams params, List<Signed> tickets) {
    private static final int WORD = 32;

    /**
     * Reads it.
     *
     * @throws FatalException with go-livepeer's text for a payment of which nothing can be taken;
     *     where go-livepeer crashes, with one of our own
     */
    public static WirePayment read(Payment payment, Standing standing) throws FatalException {
        if (!payment.hasTicketParams()) {
            return new WirePayment(address(payment.getSender()), null, List.of());
        }
        if (payment.getSender().isEmpty()) {
            throw new FatalException("Could not find Sender for payment");
        }
        EthAddress sender = address(payment.getSender());
        var params = payment.getTicketParams();
        EthAddress recipient = address(params.getRecipient());
        if (!standing.isActive(recipient)) {
            throw new FatalException(
                    "orchestrator "
                            + recipient
                            + " is inactive in round "
                            + standing.round()
                            + ", cannot process payments");
        }
        Fraction price = price(payment);
        if (!payment.hasExpirationParams()) {
            throw new FatalException("missing expiration params");
        }
        List<Signed> tickets = new ArrayList<>(payment.getTicketSenderParamsCount());
        for (TicketSenderParams each : payment.getTicketSenderParamsList()) {
            tickets.add(
                    new Signed(
                            Integer.toUnsignedLong(each.getSenderNonce()),
                            each.getSig().toByteArray()));
        }
        if (!tickets.isEmpty() && standing.unlocksSoon(sender)) {
            throw new FatalException(
                    "deposit and reserve for sender " + sender + " is set to unlock soon");
        }
        return new WirePayment(
                sender,
                new TicketParams(
                        recipient,
                        number(params.getFaceValue()),
                        number(params.getWinProb()),
                        word(params.getRecipientRandHash()),
                        number(params.getSeed()),
                        number(params.getExpirationBlock()),
                        price,
                        payment.getExpirationParams().getCreationRound(),
                        word(payment.getExpirationParams().getCreationRoundBlockHash())),
                List.copyOf(tickets));
    }

    private static Fraction price(Payment payment) throws FatalException {
        PriceInfo price = payment.getExpectedPrice();
        String fault = null;
        if (!payment.hasExpectedPrice()) {
            fault = "expected price is nil";
        } else if (price.getPixelsPerUnit() == 0) {
            fault = "pixels per unit is 0";
        }
        if (fault != null) {
            throw new FatalException(
                    "invalid expected price sent with payment err=\"" + fault + "\"");
        }
        return Fraction.of(price.getPricePerUnit(), price.getPixelsPerUnit());
    }

    private static EthAddress address(ByteString bytes) {
        return EthAddress.of(bytes.toByteArray());
    }

    private static BigInteger number(ByteString bytes) {
        return new BigInteger(1, bytes.toByteArray());
    }

    /** The last 32 bytes, or with zeros in front, as Go reads a hash. */
    private static byte[] word(ByteString bytes) {
        byte[] word = new byte[WORD];
        int length = Math.min(WORD, bytes.size());
        bytes.substring(bytes.size() - length).copyTo(word, WORD - length);
        return word;
    }
}

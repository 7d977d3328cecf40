package org.livepeer.flink.operators.settlement;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.operators.ticket.Bytes;
import org.livepeer.flink.operators.ticket.EthAddress;
import org.livepeer.flink.operators.ticket.RecipientRands;
import org.livepeer.flink.operators.ticket.Ticket;
import org.livepeer.flink.schemas.WinningTicket;

/** Makes tickets that win. */
final class Wins {
    static final RecipientRands RANDS = new RecipientRands(new byte[] {1, 2, 3});
    static final EthAddress RECIPIENT = EthAddress.of(new byte[] {3});
    static final EthAddress SENDER = EthAddress.of(new byte[] {5});
    private static final BigInteger ALWAYS = BigInteger.ONE.shiftLeft(256).subtract(BigInteger.ONE);
    private static final byte[] ROUND_HASH = new byte[32];

    static {
        ROUND_HASH[0] = 1;
    }

    private Wins() {}

    static WinningTicket of(int nonce, long faceValue, long round, long expires) {
        return of(RANDS, nonce, faceValue, round, expires);
    }

    static WinningTicket of(
            RecipientRands rands, int nonce, long faceValue, long round, long expires) {
        return of(rands, RECIPIENT, SENDER, nonce, faceValue, round, expires);
    }

    static WinningTicket of(
            RecipientRands rands,
            EthAddress recipient,
            EthAddress sender,
            int nonce,
            long faceValue,
            long round,
            long expires) {
        BigInteger face = BigInteger.valueOf(faceValue);
        BigInteger block = BigInteger.valueOf(expires);
        Fraction price = Fraction.of(3);
        BigInteger rand =
                rands.rand(
                        new RecipientRands.Bound(
                                "session",
                                BigInteger.TEN,
                                sender,
                                face,
                                ALWAYS,
                                block,
                                price,
                                round,
                                ROUND_HASH));
        Ticket ticket =
                new Ticket(
                        recipient,
                        sender,
                        face,
                        ALWAYS,
                        nonce,
                        RecipientRands.hash(rand),
                        round,
                        ROUND_HASH);
        return WinningTicket.newBuilder()
                .setTicketHash(ByteBuffer.wrap(ticket.hash()))
                .setSender(ByteBuffer.wrap(sender.bytes()))
                .setRecipient(ByteBuffer.wrap(recipient.bytes()))
                .setFaceValue(Bytes.of(face))
                .setWinProb(Bytes.of(ALWAYS))
                .setSenderNonce(nonce)
                .setRecipientRandHash(ByteBuffer.wrap(ticket.recipientRandHash()))
                .setCreationRound(round)
                .setCreationRoundBlockHash(ByteBuffer.wrap(ROUND_HASH))
                .setSignature(ByteBuffer.wrap(new byte[65]))
                .setSessionId("session")
                .setSeed(Bytes.of(BigInteger.TEN))
                .setExpirationBlock(Bytes.of(block))
                .setPrice(price.toRational())
                .setArrivedAtMs(1)
                .build();
    }
}

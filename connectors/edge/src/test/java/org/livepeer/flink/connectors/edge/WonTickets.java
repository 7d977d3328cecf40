package org.livepeer.flink.connectors.edge;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.operators.ticket.Bytes;
import org.livepeer.flink.operators.ticket.EthAddress;
import org.livepeer.flink.schemas.ChainWorkState;
import org.livepeer.flink.schemas.Redemption;
import org.livepeer.flink.schemas.WinningTicket;

/** Tickets that pay, as settlement tells of them. */
public final class WonTickets {
    /** Who pays for them. */
    public static final EthAddress SENDER = EthAddress.of(new byte[] {1});

    private WonTickets() {}

    /**
     * @param faceValue wei
     * @param queuedAtMs when it was won
     */
    public static Redemption.Builder ticket(long faceValue, ChainWorkState state, long queuedAtMs) {
        ByteBuffer word = ByteBuffer.wrap(new byte[32]);
        return Redemption.newBuilder()
                .setTicket(
                        WinningTicket.newBuilder()
                                .setTicketHash(word)
                                .setSender(ByteBuffer.wrap(SENDER.bytes()))
                                .setRecipient(ByteBuffer.wrap(new byte[20]))
                                .setFaceValue(Bytes.of(BigInteger.valueOf(faceValue)))
                                .setWinProb(word)
                                .setSenderNonce(1)
                                .setRecipientRandHash(word)
                                .setCreationRound(1)
                                .setCreationRoundBlockHash(word)
                                .setSignature(word)
                                .setSessionId("s")
                                .setSeed(word)
                                .setExpirationBlock(word)
                                .setPrice(Fraction.of(1).toRational())
                                .setArrivedAtMs(queuedAtMs)
                                .build())
                .setState(state)
                .setQueuedAtMs(queuedAtMs)
                .setUpdatedAtMs(queuedAtMs);
    }
}

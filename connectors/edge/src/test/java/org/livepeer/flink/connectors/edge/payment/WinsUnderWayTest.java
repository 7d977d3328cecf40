package org.livepeer.flink.connectors.edge.payment;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.operators.ticket.Bytes;
import org.livepeer.flink.operators.ticket.EthAddress;
import org.livepeer.flink.schemas.ChainWorkState;
import org.livepeer.flink.schemas.Redemption;
import org.livepeer.flink.schemas.WinningTicket;

class WinsUnderWayTest {
    private static final EthAddress SENDER = EthAddress.of(new byte[] {1});
    private final WinsUnderWay wins = new WinsUnderWay();

    @Test
    void countsWhatMayBeMinedAndNothingTwice() {
        wins.take("a", ticket(100, ChainWorkState.QUEUED));
        assertThat(wins.of(SENDER)).isZero();
        wins.take("a", ticket(100, ChainWorkState.SIGNED));
        wins.take("a", ticket(100, ChainWorkState.SENT));
        wins.take("b", ticket(7, ChainWorkState.SENT));
        assertThat(wins.of(SENDER)).isEqualTo(107);
        wins.take("a", ticket(100, ChainWorkState.MINED));
        assertThat(wins.of(SENDER)).isEqualTo(7);
        wins.take("a", ticket(100, ChainWorkState.SENT));
        wins.take("a", ticket(100, ChainWorkState.CONFIRMED));
        wins.take("b", ticket(7, ChainWorkState.QUEUED));
        wins.take("b", ticket(7, ChainWorkState.EXPIRED));
        assertThat(wins.of(SENDER)).isZero();
        assertThat(wins.of(EthAddress.ZERO)).isZero();
    }

    private static Redemption ticket(long faceValue, ChainWorkState state) {
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
                                .setArrivedAtMs(1)
                                .build())
                .setState(state)
                .setQueuedAtMs(1)
                .setUpdatedAtMs(1)
                .build();
    }
}

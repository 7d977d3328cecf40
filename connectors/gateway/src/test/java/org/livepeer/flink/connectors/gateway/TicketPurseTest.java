package org.livepeer.flink.connectors.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.operators.ticket.EthAddress;
import org.livepeer.flink.operators.ticket.MessageSigner;
import org.livepeer.flink.operators.ticket.Ticket;
import org.livepeer.flink.schemas.net.AuthToken;
import org.livepeer.flink.schemas.net.OrchestratorInfo;
import org.livepeer.flink.schemas.net.PriceInfo;
import org.livepeer.flink.schemas.net.TicketExpirationParams;
import org.livepeer.flink.schemas.net.TicketParams;
import org.livepeer.flink.schemas.net.TicketSenderParams;

class TicketPurseTest {
    /** 2^256 - 1: a ticket that always wins. */
    private static final BigInteger SURE = BigInteger.ONE.shiftLeft(256).subtract(BigInteger.ONE);

    private static final BigInteger HALF = SURE.shiftRight(1);

    private final List<Ticket> made = new ArrayList<>();
    private final TicketPurse purse =
            new TicketPurse(new Signer(), (offer, ticket, signature) -> made.add(ticket));

    private static final class Signer implements MessageSigner {
        @Override
        public EthAddress address() {
            return EthAddress.of(new byte[] {7});
        }

        @Override
        public byte[] sign(byte[] message) {
            return new byte[65];
        }
    }

    private static OrchestratorInfo info(String session, long faceValue, BigInteger winProb) {
        return OrchestratorInfo.newBuilder()
                .setAuthToken(AuthToken.newBuilder().setSessionId(session))
                .setPriceInfo(PriceInfo.newBuilder().setPricePerUnit(3).setPixelsPerUnit(2))
                .setTicketParams(
                        TicketParams.newBuilder()
                                .setRecipient(ByteString.copyFrom(new byte[20]))
                                .setFaceValue(
                                        ByteString.copyFrom(
                                                BigInteger.valueOf(faceValue).toByteArray()))
                                .setWinProb(ByteString.copyFrom(bytes(winProb)))
                                .setRecipientRandHash(ByteString.copyFrom(new byte[32]))
                                .setExpirationParams(
                                        TicketExpirationParams.newBuilder()
                                                .setCreationRound(5)
                                                .setCreationRoundBlockHash(
                                                        ByteString.copyFrom(new byte[32]))))
                .build();
    }

    private static byte[] bytes(BigInteger number) {
        byte[] signed = number.toByteArray();
        int from = signed[0] == 0 ? 1 : 0;
        return java.util.Arrays.copyOfRange(signed, from, signed.length);
    }

    @Test
    void ticketsFillTheGapAndWhatIsLeftCountsForTheNextSegment() throws Exception {
        OrchestratorInfo info = info("s", 100, HALF);
        Fraction each = new Fraction(HALF.multiply(BigInteger.valueOf(100)), SURE);
        assertThat(each.compareTo(Fraction.of(50))).isNegative();

        TicketPurse.Staged first = purse.stage(info, Fraction.of(120));
        assertThat(first.tickets()).isEqualTo(3);
        assertThat(first.payment().getTicketSenderParamsList())
                .extracting(TicketSenderParams::getSenderNonce)
                .containsExactly(1, 2, 3);
        assertThat(first.payment().getTicketParams().hasExpirationParams()).isFalse();
        assertThat(first.payment().getExpirationParams().getCreationRound()).isEqualTo(5);
        assertThat(purse.balance("s")).isEqualTo(Fraction.ZERO);

        purse.change("s", first, Fraction.of(3, 2), 10);
        assertThat(purse.balance("s")).isEqualTo(each.times(3).minus(Fraction.of(15)));

        // What is left is enough for a cheaper one: no ticket goes, but the payment does
        TicketPurse.Staged second = purse.stage(info, Fraction.of(60));
        assertThat(second.tickets()).isZero();
        assertThat(second.payment().hasTicketParams()).isFalse();
        assertThat(second.payment().getExpectedPrice()).isEqualTo(info.getPriceInfo());
        assertThat(made).extracting(Ticket::senderNonce).containsExactly(1L, 2L, 3L);
    }

    @Test
    void aSessionHasABalanceOfItsOwn() throws Exception {
        purse.change("a", purse.stage(info("a", 100, HALF), Fraction.of(1)), Fraction.of(1), 0);

        assertThat(purse.balance("a").signum()).isPositive();
        assertThat(purse.balance("b")).isEqualTo(Fraction.ZERO);
    }

    @Test
    void whatAsksForTooMuchGetsNothing() {
        refused(info("s", 100, SURE), 1, "faceValue too low");
        refused(info("s", 0, HALF), 1, "faceValue too low");
        refused(info("s", 7_000_000_000_000L, HALF), 1, "> max ticket EV");
        refused(info("s", 5_000_000_000_000L, HALF), 30_000_000_000_000L, "> max total ticket EV");
        refused(info("s", 2, HALF), 10_000, "takes 600");
        refused(OrchestratorInfo.getDefaultInstance(), 1, "no parameters of tickets");
        assertThat(made).isEmpty();
        assertThat(purse.balance("s")).isEqualTo(Fraction.ZERO);
    }

    private void refused(OrchestratorInfo info, long fee, String why) {
        assertThatThrownBy(() -> purse.stage(info, Fraction.of(fee)))
                .isInstanceOf(OrchestratorException.class)
                .hasMessageContaining(why);
    }

    @Test
    void aPriceOfNothingOrLessIsNone() throws Exception {
        PriceInfo.Builder price = PriceInfo.newBuilder().setPricePerUnit(3).setPixelsPerUnit(2);
        assertThat(TicketPurse.price(price.build())).isEqualTo(Fraction.of(3, 2));
        for (PriceInfo.Builder bad :
                List.of(
                        price.clone().setPixelsPerUnit(0),
                        price.clone().setPixelsPerUnit(-1),
                        price.clone().setPricePerUnit(-1))) {
            assertThatThrownBy(() -> TicketPurse.price(bad.build()))
                    .isInstanceOf(OrchestratorException.class)
                    .hasMessageContaining("which is none");
        }
    }
}

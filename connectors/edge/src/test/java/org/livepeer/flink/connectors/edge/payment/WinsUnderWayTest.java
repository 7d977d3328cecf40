package org.livepeer.flink.connectors.edge.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.livepeer.flink.connectors.edge.WonTickets.SENDER;

import org.junit.jupiter.api.Test;
import org.livepeer.flink.connectors.edge.WonTickets;
import org.livepeer.flink.operators.ticket.EthAddress;
import org.livepeer.flink.schemas.ChainWorkState;
import org.livepeer.flink.schemas.Redemption;

class WinsUnderWayTest {
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
        return WonTickets.ticket(faceValue, state, 1).build();
    }
}

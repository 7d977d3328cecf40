package org.livepeer.flink.connectors.ethereum.settle;

import java.io.IOException;
import java.math.BigInteger;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.ethereum.rpc.RpcException;
import org.livepeer.flink.connectors.ethereum.settle.Questions.Asked;
import org.livepeer.flink.operators.settlement.SettlementChain.Call;
import org.livepeer.flink.operators.settlement.SettlementChain.Redeemable;
import org.livepeer.flink.operators.settlement.SettlementChain.Tried;
import org.livepeer.flink.operators.ticket.EthAddress;
import org.livepeer.flink.operators.ticket.Ticket;

/** What makes up a {@link Tried}. */
final class TicketQuestions {
    private final Asked used;
    private final Asked gas;
    private final Asked sender;
    private final Asked claimable;

    TicketQuestions(
            Questions questions, EthAddress broker, EthAddress account, Redeemable redeemable) {
        Ticket ticket = redeemable.ticket();
        Call call = new Call(broker, Abi.redemption(List.of(redeemable)), BigInteger.ZERO);
        used = questions.view(broker, "usedTickets(bytes32)", ticket.hash());
        gas = questions.gas(account, call);
        sender = questions.view(broker, "getSenderInfo(address)", ticket.sender());
        claimable =
                questions.view(
                        broker,
                        "claimableReserve(address,address)",
                        ticket.sender(),
                        ticket.recipient());
    }

    Tried tried() throws IOException {
        RpcException refusal = gas.refusal();
        return new Tried(
                used.isTrue(),
                refusal == null ? (Long) gas.quantity().longValueExact() : null,
                refusal == null ? "" : Reverts.text(refusal),
                sender.number(0),
                claimable(),
                sender.bounded(1));
    }

    /** It reverts when more was claimed than the recipient's share is by now. */
    private @Nullable BigInteger claimable() throws IOException {
        RpcException refusal = claimable.refusal();
        return refusal != null && refusal.isRevert() ? null : claimable.number(0);
    }
}

package org.livepeer.flink.connectors.ethereum.network;

import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.ethereum.settle.Questions;
import org.livepeer.flink.connectors.ethereum.settle.Questions.Asked;
import org.livepeer.flink.operators.network.Delegator;
import org.livepeer.flink.operators.network.Delegator.UnbondingLock;
import org.livepeer.flink.operators.ticket.EthAddress;

/** What makes up a {@link Delegator}. */
final class DelegatorQuestions {
    /** Nobody has unbonded more often; a node that says so is wrong. */
    private static final BigInteger MOST_LOCKS = BigInteger.valueOf(10_000);

    private DelegatorQuestions() {}

    static Delegator ask(Look look, EthAddress address) throws IOException {
        EthAddress bonding = look.contract("BondingManager");
        Questions first = look.questions();
        Asked info = first.view(bonding, "getDelegator(address)", address);
        Asked status = first.view(bonding, "delegatorStatus(address)", address);
        Asked round = first.view(look.contract("RoundsManager"), "currentRound()");
        first.send();
        BigInteger now = round.number(0);
        Questions second = look.questions();
        Asked stake = second.view(bonding, "pendingStake(address,uint256)", address, now);
        Asked fees = second.view(bonding, "pendingFees(address,uint256)", address, now);
        second.send();
        long which = status.bounded(0);
        if (which >= Delegator.Status.ALL.size()) {
            throw new IOException("unknown delegator status");
        }
        return new Delegator(
                address,
                info.number(0),
                info.number(1),
                info.address(2),
                info.number(3),
                info.number(4),
                info.number(5),
                info.number(6),
                known(stake),
                known(fees),
                Delegator.Status.ALL.get((int) which));
    }

    private static @Nullable BigInteger known(Asked asked) throws IOException {
        return asked.isUnknown() ? null : asked.number(0);
    }

    static List<UnbondingLock> locks(Look look, EthAddress address) throws IOException {
        EthAddress bonding = look.contract("BondingManager");
        Questions first = look.questions();
        Asked info = first.view(bonding, "getDelegator(address)", address);
        first.send();
        BigInteger count = info.number(6);
        if (count.compareTo(MOST_LOCKS) > 0) {
            throw new IOException(
                    "a node says that " + address + " has unbonded " + count + " times");
        }
        Questions second = look.questions();
        List<Asked> all = new ArrayList<>();
        for (long id = 0; id < count.longValueExact(); id++) {
            all.add(
                    second.view(
                            bonding,
                            "getDelegatorUnbondingLock(address,uint256)",
                            address,
                            BigInteger.valueOf(id)));
        }
        second.send();
        List<UnbondingLock> locks = new ArrayList<>();
        for (int id = 0; id < all.size(); id++) {
            BigInteger withdrawRound = all.get(id).number(1);
            if (withdrawRound.signum() > 0) {
                locks.add(new UnbondingLock(id, all.get(id).number(0), withdrawRound));
            }
        }
        return locks;
    }
}

package org.livepeer.flink.connectors.ethereum.settle;

import java.math.BigInteger;
import org.livepeer.flink.connectors.ethereum.settle.Planning.Next;
import org.livepeer.flink.connectors.ethereum.settle.Questions.Asked;
import org.livepeer.flink.operators.ticket.EthAddress;

/** Orders about stake that take more than one call, or depend on how things stand. */
final class StakeActions {
    private static final String BONDING = "BondingManager";
    private static final String ROUNDS = "RoundsManager";
    private static final String REGISTRY = "ServiceRegistry";
    private static final String TOKEN = "LivepeerToken";

    /** BondingManager's DelegatorStatus. */
    private static final long UNBONDED = 2;

    private StakeActions() {}

    /** Of the recipient; another account may be the one that it lets call. */
    static Intent reward(Planning p) {
        return p.account().equals(p.recipient())
                ? Intent.call(p.contract(BONDING), "reward()")
                : Intent.call(p.contract(BONDING), "rewardForTranscoder(address)", p.recipient());
    }

    /** Bonds if there is an amount, then sets what is different from now. */
    static Next activate(Planning p) {
        boolean bonds = p.arguments().amount("amount").signum() > 0;
        if (bonds && p.step() < 2) {
            return allowAndBond(p, p.account());
        }
        Next configuring = configure(p);
        Asked uri = p.view(REGISTRY, "getServiceURI(address)", p.account());
        return () -> {
            Intent first = configuring.intent();
            if (!first.equals(Intent.DONE)) {
                return first;
            }
            return uri.text().equals(p.arguments().text("serviceUri"))
                    ? Intent.DONE
                    : setServiceUri(p);
        };
    }

    static Next bond(Planning p) {
        return p.step() < 2 ? allowAndBond(p, p.arguments().address("to")) : () -> Intent.DONE;
    }

    /**
     * Allows first, then bonds. It always allows, so that the step's number says what was done; an
     * allowance that is larger stays.
     */
    private static Next allowAndBond(Planning p, EthAddress to) {
        BigInteger amount = p.arguments().number("amount");
        EthAddress bonding = p.contract(BONDING);
        if (p.step() > 0) {
            return () -> Intent.call(bonding, "bond(uint256,address)", amount, to);
        }
        Asked allowed = p.view(TOKEN, "allowance(address,address)", p.account(), bonding);
        Asked owned = p.view(TOKEN, "balanceOf(address)", p.account());
        return () ->
                owned.number(0).compareTo(amount) < 0
                        ? Intent.never(
                                "the account has "
                                        + owned.number(0)
                                        + " of the token's smallest unit")
                        : Intent.call(
                                p.contract(TOKEN),
                                "approve(address,uint256)",
                                bonding,
                                amount.max(allowed.number(0)));
    }

    /** Sets shares that are different from now, when the contract takes them. */
    static Next configure(Planning p) {
        Asked transcoder = p.view(BONDING, "getTranscoder(address)", p.account());
        Asked active = p.view(BONDING, "isActiveTranscoder(address)", p.account());
        Asked locked = p.view(ROUNDS, "currentRoundLocked()");
        Asked round = p.view(ROUNDS, "currentRound()");
        BigInteger rewardCut = p.arguments().number("rewardCut");
        BigInteger feeShare = p.arguments().number("feeShare");
        return () -> {
            if (transcoder.number(1).equals(rewardCut) && transcoder.number(2).equals(feeShare)) {
                return Intent.DONE;
            }
            if (locked.isTrue()) {
                return Intent.later("the last blocks of a round take no rewardCut and feeShare");
            }
            if (active.isTrue() && transcoder.bounded(0) < round.bounded(0)) {
                return Intent.later("rewardCut and feeShare wait for this round's reward");
            }
            return Intent.call(
                    p.contract(BONDING), "transcoder(uint256,uint256)", rewardCut, feeShare);
        };
    }

    static Intent setServiceUri(Planning p) {
        return Intent.call(
                p.contract(REGISTRY), "setServiceURI(string)", p.arguments().text("serviceUri"));
    }

    /** Back to whom the account is bonded to, or to anybody when it is to nobody. */
    static Next rebond(Planning p) {
        if (p.step() > 0) {
            return () -> Intent.DONE;
        }
        BigInteger lock = p.arguments().number("lockId");
        EthAddress bonding = p.contract(BONDING);
        Asked status = p.view(BONDING, "delegatorStatus(address)", p.account());
        return () -> {
            boolean isUnbonded = status.bounded(0) == UNBONDED;
            if (isUnbonded != p.arguments().has("to")) {
                return Intent.never(
                        isUnbonded
                                ? "the account is bonded to nobody: to is needed"
                                : "the account is bonded: it cannot say to whom, leave out to");
            }
            return isUnbonded
                    ? Intent.call(
                            bonding,
                            "rebondFromUnbonded(address,uint256)",
                            p.arguments().address("to"),
                            lock)
                    : Intent.call(bonding, "rebond(uint256)", lock);
        };
    }

    static Next claimEarnings(Planning p) {
        if (p.step() > 0) {
            return () -> Intent.DONE;
        }
        Asked round = p.view(ROUNDS, "currentRound()");
        return () ->
                Intent.call(
                        p.contract(BONDING),
                        "claimEarnings(uint256)",
                        p.arguments().has("endRound")
                                ? p.arguments().number("endRound")
                                : round.number(0));
    }

    /** To another delegator; places in the pool are found by the contract. */
    static Intent transferBond(Planning p) {
        return Intent.call(
                p.contract(BONDING),
                "transferBond(address,uint256,address,address,address,address)",
                p.arguments().address("to"),
                p.arguments().number("amount"),
                EthAddress.ZERO,
                EthAddress.ZERO,
                EthAddress.ZERO,
                EthAddress.ZERO);
    }
}

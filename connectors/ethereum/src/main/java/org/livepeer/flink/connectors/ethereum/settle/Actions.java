package org.livepeer.flink.connectors.ethereum.settle;

import static org.livepeer.flink.connectors.ethereum.settle.Arguments.Kind.ADDRESS;
import static org.livepeer.flink.connectors.ethereum.settle.Arguments.Kind.AMOUNT;
import static org.livepeer.flink.connectors.ethereum.settle.Arguments.Kind.CHOICE;
import static org.livepeer.flink.connectors.ethereum.settle.Arguments.Kind.NUMBER;
import static org.livepeer.flink.connectors.ethereum.settle.Arguments.Kind.PARTS;
import static org.livepeer.flink.connectors.ethereum.settle.Arguments.Kind.SERVICE_URI;
import static org.livepeer.flink.connectors.ethereum.settle.Arguments.Kind.SOME;
import static org.livepeer.flink.connectors.ethereum.settle.Arguments.Kind.SUPPORT;
import static org.livepeer.flink.connectors.ethereum.settle.Arguments.Kind.TEXT;
import static org.livepeer.flink.connectors.ethereum.settle.Arguments.Parameter.needed;
import static org.livepeer.flink.connectors.ethereum.settle.Arguments.Parameter.optional;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.livepeer.flink.connectors.ethereum.settle.Arguments.Parameter;
import org.livepeer.flink.connectors.ethereum.settle.Planning.Next;
import org.livepeer.flink.connectors.ethereum.settle.Planning.Plan;
import org.livepeer.flink.operators.ticket.EthAddress;

/** Orders to the chain by name, with their arguments and steps. */
final class Actions {
    private static final String BONDING = "BondingManager";
    private static final String BROKER = "TicketBroker";
    private static final String ROUNDS = "RoundsManager";
    private static final String TOKEN = "LivepeerToken";
    private static final String GOVERNOR = "LivepeerGovernor";

    private static final Parameter SOME_AMOUNT = needed("amount", SOME);
    private static final Parameter TO = needed("to", ADDRESS);
    private static final Parameter LOCK = needed("lockId", NUMBER);
    private static final Parameter REWARD_CUT = needed("rewardCut", PARTS);
    private static final Parameter FEE_SHARE = needed("feeShare", PARTS);
    private static final Parameter URI = needed("serviceUri", SERVICE_URI);

    private static final Map<String, Action> ALL = new TreeMap<>();

    static {
        broker();
        bonding();
        others();
    }

    private record Action(List<Parameter> parameters, Plan plan) {}

    private Actions() {}

    private static void add(String name, Plan plan, Parameter... parameters) {
        ALL.put(name, new Action(List.of(parameters), plan));
    }

    /** An action that is one call. */
    private static void addCall(
            String name, Function<Planning, Intent> call, Parameter... parameters) {
        add(name, planning -> () -> once(planning, 0, call), parameters);
    }

    private static Intent once(Planning planning, int step, Function<Planning, Intent> call) {
        return planning.step() > step ? Intent.DONE : call.apply(planning);
    }

    private static void broker() {
        addCall(
                "fundDeposit",
                p ->
                        Intent.paying(
                                p.arguments().number("amount"),
                                p.contract(BROKER),
                                "fundDeposit()"),
                SOME_AMOUNT);
        addCall(
                "fundReserve",
                p ->
                        Intent.paying(
                                p.arguments().number("amount"),
                                p.contract(BROKER),
                                "fundReserve()"),
                SOME_AMOUNT);
        addCall(
                "fundDepositAndReserve",
                p -> {
                    BigInteger deposit = p.arguments().number("deposit");
                    BigInteger reserve = p.arguments().number("reserve");
                    return Intent.paying(
                            deposit.add(reserve),
                            p.contract(BROKER),
                            "fundDepositAndReserve(uint256,uint256)",
                            deposit,
                            reserve);
                },
                needed("deposit", AMOUNT),
                needed("reserve", AMOUNT));
        addCall("unlock", p -> Intent.call(p.contract(BROKER), "unlock()"));
        addCall("cancelUnlock", p -> Intent.call(p.contract(BROKER), "cancelUnlock()"));
        addCall("withdraw", p -> Intent.call(p.contract(BROKER), "withdraw()"));
    }

    private static void bonding() {
        addCall("reward", Actions::reward);
        add("activate", Actions::activate, optional("amount", AMOUNT), REWARD_CUT, FEE_SHARE, URI);
        addCall("setConfig", Actions::configure, REWARD_CUT, FEE_SHARE);
        add(
                "bond",
                p -> {
                    Next bonding = bond(p, p.arguments().address("to"));
                    return () -> p.step() > 1 ? Intent.DONE : bonding.intent();
                },
                SOME_AMOUNT,
                TO);
        addCall(
                "unbond",
                p ->
                        Intent.call(
                                p.contract(BONDING),
                                "unbond(uint256)",
                                p.arguments().number("amount")),
                SOME_AMOUNT);
        add("rebond", Actions::rebond, LOCK, optional("to", ADDRESS));
        addCall(
                "withdrawStake",
                p ->
                        Intent.call(
                                p.contract(BONDING),
                                "withdrawStake(uint256)",
                                p.arguments().number("lockId")),
                LOCK);
        addCall(
                "withdrawFees",
                p ->
                        Intent.call(
                                p.contract(BONDING),
                                "withdrawFees(address,uint256)",
                                p.arguments().address("to"),
                                p.arguments().number("amount")),
                TO,
                SOME_AMOUNT);
        add("claimEarnings", Actions::claimEarnings, optional("endRound", NUMBER));
        addCall("transferBond", Actions::transferBond, TO, SOME_AMOUNT);
        addCall("moveStake", Actions::transferBond, TO, SOME_AMOUNT);
    }

    private static void others() {
        addCall("initializeRound", p -> Intent.call(p.contract(ROUNDS), "initializeRound()"));
        addCall("setServiceUri", Actions::setServiceUri, URI);
        addCall(
                "transferTokens",
                p ->
                        Intent.call(
                                p.contract(TOKEN),
                                "transfer(address,uint256)",
                                p.arguments().address("to"),
                                p.arguments().number("amount")),
                TO,
                SOME_AMOUNT);
        addCall(
                "approve",
                p ->
                        approve(
                                p,
                                p.arguments().has("spender")
                                        ? p.arguments().address("spender")
                                        : p.contract(BONDING),
                                p.arguments().number("amount")),
                optional("spender", ADDRESS),
                needed("amount", AMOUNT));
        addCall(
                "vote",
                p ->
                        Intent.call(
                                p.arguments().address("poll"),
                                "vote(uint256)",
                                p.arguments().number("choice")),
                needed("poll", ADDRESS),
                needed("choice", CHOICE));
        addCall(
                "voteOnProposal",
                Actions::voteOnProposal,
                needed("proposalId", NUMBER),
                needed("support", SUPPORT),
                optional("reason", TEXT));
    }

    /** Of the recipient; another account may be the one that it lets call. */
    private static Intent reward(Planning p) {
        return p.account().equals(p.recipient())
                ? Intent.call(p.contract(BONDING), "reward()")
                : Intent.call(p.contract(BONDING), "rewardForTranscoder(address)", p.recipient());
    }

    private static Intent configure(Planning p) {
        return Intent.call(
                p.contract(BONDING),
                "transcoder(uint256,uint256)",
                p.arguments().number("rewardCut"),
                p.arguments().number("feeShare"));
    }

    private static Intent setServiceUri(Planning p) {
        return Intent.call(
                p.contract("ServiceRegistry"),
                "setServiceURI(string)",
                p.arguments().text("serviceUri"));
    }

    private static Intent approve(Planning p, EthAddress spender, BigInteger amount) {
        return Intent.call(p.contract(TOKEN), "approve(address,uint256)", spender, amount);
    }

    /**
     * Allows first, then bonds. It always allows, so that the step's number says what was done; an
     * allowance that is larger stays.
     */
    private static Next bond(Planning p, EthAddress to) {
        BigInteger amount = p.arguments().number("amount");
        EthAddress bonding = p.contract(BONDING);
        if (p.step() > 0) {
            return () -> Intent.call(bonding, "bond(uint256,address)", amount, to);
        }
        Questions.Asked allowed = p.view(TOKEN, "allowance(address,address)", p.account(), bonding);
        Questions.Asked owned = p.view(TOKEN, "balanceOf(address)", p.account());
        return () ->
                owned.number(0).compareTo(amount) < 0
                        ? Intent.never(
                                "the account has " + owned.number(0) + " of the token's unit")
                        : approve(p, bonding, amount.max(allowed.number(0)));
    }

    /** Bonds if there is an amount, then sets what is different from now. */
    private static Next activate(Planning p) {
        boolean bonds = p.arguments().amount("amount").signum() > 0;
        if (bonds && p.step() < 2) {
            return bond(p, p.account());
        }
        Questions.Asked transcoder = p.view(BONDING, "getTranscoder(address)", p.account());
        Questions.Asked locked = p.view(ROUNDS, "currentRoundLocked()");
        Questions.Asked round = p.view(ROUNDS, "currentRound()");
        Questions.Asked active = p.view(BONDING, "isActiveTranscoder(address)", p.account());
        Questions.Asked uri = p.view("ServiceRegistry", "getServiceURI(address)", p.account());
        return () -> {
            boolean same =
                    transcoder.number(1).equals(p.arguments().number("rewardCut"))
                            && transcoder.number(2).equals(p.arguments().number("feeShare"));
            if (!same && locked.isTrue()) {
                return Intent.later(
                        "the last blocks of a round take no new rewardCut and feeShare");
            }
            if (!same && active.isTrue() && transcoder.bounded(0) < round.bounded(0)) {
                return Intent.later(
                        "reward must be called in this round before rewardCut and feeShare are set");
            }
            if (!same) {
                return configure(p);
            }
            return uri.text().equals(p.arguments().text("serviceUri"))
                    ? Intent.DONE
                    : setServiceUri(p);
        };
    }

    private static Next rebond(Planning p) {
        if (p.step() > 0) {
            return () -> Intent.DONE;
        }
        BigInteger lock = p.arguments().number("lockId");
        EthAddress bonding = p.contract(BONDING);
        Questions.Asked status = p.view(BONDING, "delegatorStatus(address)", p.account());
        return () -> {
            boolean isUnbonded = status.bounded(0) == 2;
            if (!isUnbonded) {
                return Intent.call(bonding, "rebond(uint256)", lock);
            }
            return p.arguments().has("to")
                    ? Intent.call(
                            bonding,
                            "rebondFromUnbonded(address,uint256)",
                            p.arguments().address("to"),
                            lock)
                    : Intent.never("the account is bonded to nobody: to is needed");
        };
    }

    private static Next claimEarnings(Planning p) {
        Questions.Asked round = p.view(ROUNDS, "currentRound()");
        return () ->
                p.step() > 0
                        ? Intent.DONE
                        : Intent.call(
                                p.contract(BONDING),
                                "claimEarnings(uint256)",
                                p.arguments().has("endRound")
                                        ? p.arguments().number("endRound")
                                        : round.number(0));
    }

    private static Intent transferBond(Planning p) {
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

    private static Intent voteOnProposal(Planning p) {
        if (!p.addresses().has(GOVERNOR)) {
            return Intent.never("the network has no " + GOVERNOR);
        }
        EthAddress governor = p.contract(GOVERNOR);
        BigInteger proposal = p.arguments().number("proposalId");
        BigInteger support = p.arguments().number("support");
        return p.arguments().has("reason")
                ? Intent.call(
                        governor,
                        "castVoteWithReason(uint256,uint8,string)",
                        proposal,
                        support,
                        p.arguments().text("reason"))
                : Intent.call(governor, "castVote(uint256,uint8)", proposal, support);
    }

    /** What is wrong with an order, whatever the chain is like; empty when nothing is. */
    static Optional<String> refusal(String action, Map<String, String> arguments) {
        Action known = ALL.get(action);
        return known == null
                ? Optional.of("there is no action " + action + ", only " + ALL.keySet())
                : Arguments.flaw(known.parameters(), arguments);
    }

    /** Each action with its arguments, one a line. */
    static List<String> all() {
        List<String> lines = new ArrayList<>();
        ALL.forEach(
                (name, action) -> {
                    StringBuilder line = new StringBuilder(name);
                    for (Parameter each : action.parameters()) {
                        String form = each.name() + "=" + each.kind();
                        line.append(each.isNeeded() ? " " + form : " [" + form + "]");
                    }
                    lines.add(line.toString());
                });
        return lines;
    }

    /** An order's next step. */
    static Next next(String action, Planning planning) {
        Action known = ALL.get(action);
        return known == null
                ? () -> Intent.never("there is no action " + action)
                : known.plan().of(planning);
    }
}

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
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.livepeer.flink.connectors.ethereum.settle.Arguments.Parameter;
import org.livepeer.flink.connectors.ethereum.settle.Planning.Next;
import org.livepeer.flink.connectors.ethereum.settle.Planning.Plan;
import org.livepeer.flink.operators.ticket.EthAddress;

/** Orders to the chain by name, with what they take and how they are carried out. */
final class Actions {
    private static final String BONDING = "BondingManager";
    private static final String BROKER = "TicketBroker";
    private static final String GOVERNOR = "LivepeerGovernor";
    private static final String TOKEN = "LivepeerToken";

    private static final String ETHER = "ETH";
    private static final String TOKENS = "LPT";

    /** Actions whose amounts are ether; those of the others are tokens. */
    private static final Set<String> OF_ETHER =
            Set.of("fundDeposit", "fundReserve", "fundDepositAndReserve", "withdrawFees");

    private static final Parameter SOME_AMOUNT = needed("amount", SOME);
    private static final Parameter TO = needed("to", ADDRESS);
    private static final Parameter LOCK = needed("lockId", NUMBER);
    private static final Parameter REWARD_CUT = needed("rewardCut", PARTS);
    private static final Parameter FEE_SHARE = needed("feeShare", PARTS);
    private static final Parameter URI = needed("serviceUri", SERVICE_URI);

    private static final Map<String, Action> ALL = new TreeMap<>();

    static {
        funds();
        stake();
        rounds();
        votes();
    }

    private record Action(List<Parameter> parameters, Plan plan) {}

    private Actions() {}

    private static void funds() {
        addCall("fundDeposit", p -> paying(p, "fundDeposit()"), SOME_AMOUNT);
        addCall("fundReserve", p -> paying(p, "fundReserve()"), SOME_AMOUNT);
        addCall(
                "fundDepositAndReserve",
                Actions::fundBoth,
                needed("deposit", AMOUNT),
                needed("reserve", AMOUNT));
        addCall("unlock", p -> Intent.call(p.contract(BROKER), "unlock()"));
        addCall("cancelUnlock", p -> Intent.call(p.contract(BROKER), "cancelUnlock()"));
        addCall("withdraw", p -> Intent.call(p.contract(BROKER), "withdraw()"));
        addCall(
                "transferTokens",
                p -> toAmount(p, TOKEN, "transfer(address,uint256)"),
                TO,
                SOME_AMOUNT);
        addCall(
                "approve",
                Actions::approve,
                needed("amount", AMOUNT),
                optional("spender", ADDRESS));
    }

    private static void stake() {
        add(
                "activate",
                StakeActions::activate,
                optional("amount", AMOUNT),
                REWARD_CUT,
                FEE_SHARE,
                URI);
        add("setConfig", StakeActions::configure, REWARD_CUT, FEE_SHARE);
        addCall("setServiceUri", StakeActions::setServiceUri, URI);
        add("bond", StakeActions::bond, SOME_AMOUNT, TO);
        addCall("unbond", p -> number(p, "unbond(uint256)", "amount"), SOME_AMOUNT);
        add("rebond", StakeActions::rebond, LOCK, optional("to", ADDRESS));
        addCall("withdrawStake", p -> number(p, "withdrawStake(uint256)", "lockId"), LOCK);
        addCall(
                "withdrawFees",
                p -> toAmount(p, BONDING, "withdrawFees(address,uint256)"),
                TO,
                SOME_AMOUNT);
        add("claimEarnings", StakeActions::claimEarnings, optional("endRound", NUMBER));
        addCall("transferBond", StakeActions::transferBond, TO, SOME_AMOUNT);
        addCall("moveStake", StakeActions::transferBond, TO, SOME_AMOUNT);
    }

    private static void rounds() {
        addCall(
                "initializeRound",
                p -> Intent.call(p.contract("RoundsManager"), "initializeRound()"));
        addCall("reward", StakeActions::reward);
    }

    private static void votes() {
        addCall("vote", Actions::vote, needed("poll", ADDRESS), needed("choice", CHOICE));
        addCall(
                "voteOnProposal",
                Actions::voteOnProposal,
                needed("proposalId", NUMBER),
                needed("support", SUPPORT),
                optional("reason", TEXT));
    }

    private static void add(String name, Plan plan, Parameter... parameters) {
        ALL.put(name, new Action(List.of(parameters), plan));
    }

    /** An action that is one call. */
    private static void addCall(
            String name, Function<Planning, Intent> call, Parameter... parameters) {
        add(name, p -> () -> p.step() > 0 ? Intent.DONE : call.apply(p), parameters);
    }

    private static Intent paying(Planning p, String signature) {
        return Intent.paying(p.arguments().number("amount"), p.contract(BROKER), signature);
    }

    private static Intent number(Planning p, String signature, String argument) {
        return Intent.call(p.contract(BONDING), signature, p.arguments().number(argument));
    }

    private static Intent toAmount(Planning p, String contract, String signature) {
        return Intent.call(
                p.contract(contract),
                signature,
                p.arguments().address("to"),
                p.arguments().number("amount"));
    }

    private static Intent fundBoth(Planning p) {
        BigInteger deposit = p.arguments().number("deposit");
        BigInteger reserve = p.arguments().number("reserve");
        return Intent.paying(
                deposit.add(reserve),
                p.contract(BROKER),
                "fundDepositAndReserve(uint256,uint256)",
                deposit,
                reserve);
    }

    /** Lets the stake's contract take tokens, or somebody else. */
    private static Intent approve(Planning p) {
        EthAddress spender =
                p.arguments().has("spender")
                        ? p.arguments().address("spender")
                        : p.contract(BONDING);
        return Intent.call(
                p.contract(TOKEN),
                "approve(address,uint256)",
                spender,
                p.arguments().number("amount"));
    }

    private static Intent vote(Planning p) {
        return Intent.call(
                p.arguments().address("poll"), "vote(uint256)", p.arguments().number("choice"));
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

    /** What an action's amounts are counted in; empty when there is no such action. */
    static String unit(String action) {
        if (!ALL.containsKey(action)) {
            return "";
        }
        return OF_ETHER.contains(action) ? ETHER : TOKENS;
    }

    /** Each action with its arguments, one a line. */
    static List<String> all() {
        List<String> lines = new ArrayList<>();
        ALL.forEach(
                (name, action) -> {
                    StringBuilder line = new StringBuilder(name);
                    for (Parameter each : action.parameters()) {
                        String kind = each.kind().isAmount() ? unit(name) : each.kind().toString();
                        String form = each.name() + "=" + kind;
                        line.append(each.isNeeded() ? " " + form : " [" + form + "]");
                    }
                    lines.add(line.toString());
                });
        return lines;
    }

    /**
     * An order's next step.
     *
     * @param action that is known
     */
    static Next next(String action, Planning planning) {
        Action known = ALL.get(action);
        if (known == null) {
            throw new IllegalArgumentException("there is no action " + action);
        }
        return known.plan().of(planning);
    }
}

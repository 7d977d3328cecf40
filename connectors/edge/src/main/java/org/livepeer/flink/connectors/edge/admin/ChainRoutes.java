package org.livepeer.flink.connectors.edge.admin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.livepeer.flink.connectors.edge.admin.ChainField.number;
import static org.livepeer.flink.connectors.edge.admin.ChainField.ofVote;
import static org.livepeer.flink.connectors.edge.admin.ChainField.percent;
import static org.livepeer.flink.connectors.edge.admin.ChainField.poll;
import static org.livepeer.flink.connectors.edge.admin.ChainField.quoted;
import static org.livepeer.flink.connectors.edge.admin.ChainField.text;
import static org.livepeer.flink.connectors.edge.admin.ChainField.uri;

import com.linecorp.armeria.common.QueryParams;
import java.math.BigInteger;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.edge.admin.NodeView.OnChain;

/** go-livepeer's routes that send something to the chain, as orders to the settlement job. */
final class ChainRoutes {
    private static final String ACTIVATE = "activateOrchestrator";
    private static final String CONFIGURE = "setOrchestratorConfig";
    private static final ChainField LOCK =
            number("unbondingLockId", "lockId", "Cannot convert unbondingLockId: ");
    private static final ChainField AMOUNT = number("amount", "amount", "");
    private static final ChainField WEI = number("amount", "amount", "invalid amount: ");
    private static final BigInteger ANY = BigInteger.TWO.pow(256);
    private static final Map<String, Order> ORDERS = new LinkedHashMap<>();

    static {
        put("initializeRound", "", "could not initialize round: ");
        put("reward", "", "Error calling reward: ");
        put("claimEarnings", "", "Error claiming earnings: ");
        put("bond", "", "", AMOUNT, text("toAddr", "to"));
        put("unbond", "", "", AMOUNT);
        put("rebond", "", "", LOCK, text("toAddr", "to").optional());
        put("withdrawStake", "", "", LOCK);
        put("withdrawFees", "", "could not execute WithdrawFees: ", WEI);
        put("transferTokens", "", "", text("to", "to"), AMOUNT);
        broker(
                "fundDepositAndReserve",
                number("depositAmount", "deposit", "invalid depositAmount: "),
                number("reserveAmount", "reserve", "invalid reserveAmount: "));
        broker("fundDeposit", WEI);
        broker("unlock");
        broker("cancelUnlock");
        broker("withdraw");
        vote("vote", "vote", poll("poll"), ofVote("choiceID", "choice", BigInteger.ONE));
        vote(
                "voteOnProposal",
                "proposal vote",
                ofVote("proposalID", "proposalId", ANY),
                ofVote("support", "support", BigInteger.TWO),
                text("reason", "reason").optional());
    }

    /**
     * @param answer null for the transaction's hash
     * @param failure makes the answer from why it failed
     */
    private record Order(
            @Nullable String answer, UnaryOperator<String> failure, List<ChainField> fields) {}

    private ChainRoutes() {}

    private static void put(
            String route, @Nullable String answer, String failure, ChainField... fields) {
        ORDERS.put(route, new Order(answer, why -> failure + why, List.of(fields)));
    }

    /** An order about the sender's own funds. */
    private static void broker(String route, ChainField... fields) {
        put(route, route + " success", "could not execute " + route + ": ", fields);
    }

    private static void vote(String route, String what, ChainField... fields) {
        ORDERS.put(
                route,
                new Order(
                        null,
                        why -> "unable to submit " + what + " transaction err=" + quoted(why),
                        List.of(fields)));
    }

    static boolean has(String route) {
        return ORDERS.containsKey(route) || route.equals(ACTIVATE) || route.equals(CONFIGURE);
    }

    /**
     * Carries a route out.
     *
     * @return what is answered
     * @throws IllegalArgumentException for a parameter that cannot be, with the answer's text
     * @throws IllegalStateException when it failed
     */
    static byte[] answer(String route, QueryParams params, NodeView node, OnChain chain) {
        if (route.equals(ACTIVATE)) {
            activate(params, node, chain);
            return new byte[0];
        }
        if (route.equals(CONFIGURE)) {
            configure(params, node, chain);
            return new byte[0];
        }
        Order order = ORDERS.get(route);
        if (order == null) {
            throw new IllegalStateException(route + " is no order");
        }
        Map<String, String> arguments = arguments(order.fields(), params);
        if (route.equals("withdrawFees")) {
            arguments.put("to", chain.account());
        }
        String transaction;
        try {
            transaction = chain.order(route, arguments);
        } catch (IllegalStateException e) {
            throw new IllegalStateException(
                    order.failure().apply(String.valueOf(e.getMessage())), e);
        }
        if (order.answer() != null) {
            return order.answer().getBytes(UTF_8);
        }
        return transaction.isEmpty()
                ? new byte[0]
                : HexFormat.of().parseHex(transaction.substring(2));
    }

    private static Map<String, String> arguments(List<ChainField> fields, QueryParams params) {
        Map<String, String> arguments = new LinkedHashMap<>();
        for (ChainField each : fields) {
            String given = each.of(params);
            if (!given.isEmpty()) {
                arguments.put(each.argument(), given);
            }
        }
        return arguments;
    }

    /** The price first, as go-livepeer has it, but only when all the rest can be. */
    private static void activate(QueryParams params, NodeView node, OnChain chain) {
        Map<String, String> arguments =
                arguments(
                        List.of(
                                percent("blockRewardCut", "rewardCut", ""),
                                percent("feeShare", "feeShare", ""),
                                uri("serviceURI", "serviceUri"),
                                AMOUNT.optional()),
                        params);
        Map<String, String> lock =
                arguments(List.of(number("unbondingLockId", "lockId", "").optional()), params);
        BasePrice price = BasePrice.of("default", params);
        price.order(node);
        if (!lock.isEmpty()) {
            lock.put("to", chain.account());
            chain.order("rebond", lock);
        }
        chain.order("activate", arguments);
    }

    private static void configure(QueryParams params, NodeView node, OnChain chain) {
        boolean isPriced =
                !params.get("pricePerUnit", "").isEmpty()
                        && !params.get("pixelsPerUnit", "").isEmpty();
        BasePrice price = isPriced ? BasePrice.of("default", params) : null;
        Map<String, String> shares =
                arguments(
                        List.of(
                                percent(
                                                "blockRewardCut",
                                                "rewardCut",
                                                "Cannot convert block reward cut: ")
                                        .optional(),
                                percent("feeShare", "feeShare", "Cannot convert fee share: ")
                                        .optional()),
                        params);
        Map<String, String> address =
                arguments(List.of(uri("serviceURI", "serviceUri").optional()), params);
        if (price != null) {
            price.order(node);
        }
        if (shares.size() == 2) {
            chain.order("setConfig", shares);
        }
        if (!address.isEmpty()) {
            chain.order("setServiceUri", address);
        }
    }
}

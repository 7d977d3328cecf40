package org.livepeer.flink.connectors.edge.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.linecorp.armeria.common.QueryParams;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.edge.admin.NodeView.OnChain;

/** go-livepeer's routes that send something to the chain, as orders to the settlement job. */
final class ChainRoutes {
    private static final Map<String, Order> ORDERS = new LinkedHashMap<>();

    static {
        put("initializeRound", "initializeRound", "");
        put("reward", "reward", "");
        put(
                "bond",
                "bond",
                "",
                new Field("amount", "amount", Form.NUMBER, true),
                text("toAddr", "to"));
        put("unbond", "unbond", "", number("amount", "amount"));
        put("rebond", "rebond", "", number("unbondingLockId", "lockId"), optional("toAddr", "to"));
        put("withdrawStake", "withdrawStake", "", number("unbondingLockId", "lockId"));
        put("withdrawFees", "withdrawFees", "", number("amount", "amount"));
        put("claimEarnings", "claimEarnings", "");
        put("transferTokens", "transferTokens", "", text("to", "to"), number("amount", "amount"));
        put("vote", "vote", null, text("poll", "poll"), number("choiceID", "choice"));
        put(
                "voteOnProposal",
                "voteOnProposal",
                null,
                number("proposalID", "proposalId"),
                number("support", "support"),
                optional("reason", "reason"));
        put(
                "fundDepositAndReserve",
                "fundDepositAndReserve",
                "fundDepositAndReserve success",
                number("depositAmount", "deposit"),
                number("reserveAmount", "reserve"));
        put("fundDeposit", "fundDeposit", "fundDeposit success", number("amount", "amount"));
        put("unlock", "unlock", "unlock success");
        put("cancelUnlock", "cancelUnlock", "cancelUnlock success");
        put("withdraw", "withdraw", "withdraw success");
        put(
                "activateOrchestrator",
                "activate",
                "",
                percent("blockRewardCut", "rewardCut"),
                percent("feeShare", "feeShare"),
                text("serviceURI", "serviceUri"),
                new Field("amount", "amount", Form.NUMBER, false));
    }

    private enum Form {
        TEXT,
        NUMBER,
        PERCENT
    }

    private record Field(String name, String argument, Form form, boolean isNeeded) {}

    /** Null for the answer that is the transaction's hash. */
    private record Order(String action, @Nullable String answer, List<Field> fields) {}

    private ChainRoutes() {}

    private static void put(String route, String action, @Nullable String answer, Field... fields) {
        ORDERS.put(route, new Order(action, answer, List.of(fields)));
    }

    private static Field text(String name, String argument) {
        return new Field(name, argument, Form.TEXT, true);
    }

    private static Field optional(String name, String argument) {
        return new Field(name, argument, Form.TEXT, false);
    }

    private static Field number(String name, String argument) {
        return new Field(name, argument, Form.NUMBER, true);
    }

    private static Field percent(String name, String argument) {
        return new Field(name, argument, Form.PERCENT, true);
    }

    static boolean has(String route) {
        return ORDERS.containsKey(route) || route.equals("setOrchestratorConfig");
    }

    /**
     * Carries a route out.
     *
     * @return what is answered
     * @throws IllegalArgumentException for a parameter that cannot be, with the answer's text
     * @throws IllegalStateException when it failed
     */
    static byte[] answer(String route, QueryParams params, OnChain chain) {
        if (route.equals("setOrchestratorConfig")) {
            configure(params, chain);
            return new byte[0];
        }
        Order order = ORDERS.get(route);
        if (order == null) {
            throw new IllegalStateException(route + " is no order");
        }
        Map<String, String> arguments = new LinkedHashMap<>();
        for (Field each : order.fields()) {
            String given = params.get(each.name(), "");
            if (given.isEmpty() && each.isNeeded()) {
                throw new IllegalArgumentException("missing form param: " + each.name());
            }
            if (!given.isEmpty()) {
                arguments.put(each.argument(), value(each, given));
            }
        }
        if (order.action().equals("withdrawFees")) {
            arguments.put("to", chain.account());
        }
        String transaction = chain.order(order.action(), arguments);
        if (order.answer() != null) {
            return order.answer().getBytes(UTF_8);
        }
        return transaction.isEmpty()
                ? new byte[0]
                : HexFormat.of().parseHex(transaction.substring(2));
    }

    private static void configure(QueryParams params, OnChain chain) {
        String cut = params.get("blockRewardCut", "");
        String share = params.get("feeShare", "");
        String uri = params.get("serviceURI", "");
        if (!cut.isEmpty() && !share.isEmpty()) {
            chain.order(
                    "setConfig",
                    Map.of(
                            "rewardCut", value(percent("blockRewardCut", ""), cut),
                            "feeShare", value(percent("feeShare", ""), share)));
        }
        if (!uri.isEmpty()) {
            chain.order("setServiceUri", Map.of("serviceUri", uri));
        }
    }

    private static String value(Field field, String given) {
        switch (field.form()) {
            case NUMBER -> {
                if (!given.matches("[0-9]{1,78}")) {
                    throw new IllegalArgumentException(
                            "invalid " + field.name() + ": failed to parse big integer");
                }
                return given;
            }
            case PERCENT -> {
                if (!given.matches("[0-9]{1,3}(\\.[0-9]{1,10})?")) {
                    throw new IllegalArgumentException(
                            "strconv.ParseFloat: parsing \"" + given + "\": invalid syntax");
                }
                return new BigDecimal(given)
                        .movePointRight(4)
                        .setScale(0, RoundingMode.DOWN)
                        .toPlainString();
            }
            default -> {
                return given;
            }
        }
    }
}

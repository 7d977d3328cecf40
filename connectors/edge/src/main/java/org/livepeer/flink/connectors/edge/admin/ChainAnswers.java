package org.livepeer.flink.connectors.edge.admin;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.QueryParams;
import java.util.List;
import java.util.Map;
import org.livepeer.flink.connectors.edge.admin.NodeView.OnChain;

/** go-livepeer's routes that need a chain. */
final class ChainAnswers {
    private static final String NUMBER = "[+-]?\\d{1,78}";

    /** Routes that need a chain, and the parameters that are asked for before that is said. */
    static final Map<String, List<String>> NEEDED =
            Map.ofEntries(
                    Map.entry("orchestratorInfo", List.of()),
                    Map.entry("currentRound", List.of()),
                    Map.entry("initializeRound", List.of()),
                    Map.entry("roundInitialized", List.of()),
                    Map.entry(
                            "activateOrchestrator",
                            List.of(
                                    "blockRewardCut",
                                    "feeShare",
                                    "pricePerUnit",
                                    "pixelsPerUnit",
                                    "serviceURI")),
                    Map.entry("setOrchestratorConfig", List.of()),
                    Map.entry("bond", List.of("amount", "toAddr")),
                    Map.entry("rebond", List.of("unbondingLockId")),
                    Map.entry("unbond", List.of("amount")),
                    Map.entry("withdrawStake", List.of("unbondingLockId")),
                    Map.entry("unbondingLocks", List.of()),
                    Map.entry("withdrawFees", List.of()),
                    Map.entry("claimEarnings", List.of()),
                    Map.entry("delegatorInfo", List.of()),
                    Map.entry("orchestratorEarningPoolsForRound", List.of()),
                    Map.entry("registeredOrchestrators", List.of()),
                    Map.entry("reward", List.of()),
                    Map.entry("protocolParameters", List.of()),
                    Map.entry("ethAddr", List.of()),
                    Map.entry("tokenBalance", List.of()),
                    Map.entry("ethBalance", List.of()),
                    Map.entry("transferTokens", List.of("to", "amount")),
                    Map.entry("requestTokens", List.of()),
                    Map.entry("vote", List.of("poll", "choiceID")),
                    Map.entry("voteOnProposal", List.of("proposalID", "support")),
                    Map.entry("setMaxGasPrice", List.of("amount")),
                    Map.entry("setMinGasPrice", List.of("minGasPrice")),
                    Map.entry("maxGasPrice", List.of()),
                    Map.entry("minGasPrice", List.of()),
                    Map.entry("fundDepositAndReserve", List.of("depositAmount", "reserveAmount")),
                    Map.entry("fundDeposit", List.of("amount")),
                    Map.entry("unlock", List.of()),
                    Map.entry("cancelUnlock", List.of()),
                    Map.entry("withdraw", List.of()),
                    Map.entry("senderInfo", List.of()),
                    Map.entry("ticketBrokerParams", List.of()));

    private ChainAnswers() {}

    /**
     * The answer where there is a chain.
     *
     * @throws IllegalArgumentException for a parameter that cannot be, with the answer's text
     * @throws IllegalStateException when there is none, with the answer's text
     */
    static HttpResponse of(String name, QueryParams params, NodeView here, OnChain chain) {
        if (ChainReads.has(name)) {
            ChainReads.Said said = ChainReads.answer(name, params, here, chain);
            return said.isJson() ? GoRoutes.json(said.text()) : GoRoutes.text(said.text());
        }
        if (ChainRoutes.has(name)) {
            return GoRoutes.bytes(ChainRoutes.answer(name, params, here, chain));
        }
        if (name.equals("senderInfo")) {
            return GoRoutes.json(ChainFacts.sender(chain));
        }
        throw refusal(name, params);
    }

    /** Of what is given when a node starts and stays so, and of what is not done. */
    private static RuntimeException refusal(String name, QueryParams params) {
        return switch (name) {
            case "setMaxGasPrice" ->
                    params.get("amount", "").matches(NUMBER)
                            ? new IllegalStateException(
                                    "the settlement job has its limit from its start: give"
                                            + " -maxGasPrice there")
                            : new IllegalArgumentException(
                                    "Parsing failed for price: failed to parse big integer");
            case "setMinGasPrice" ->
                    params.get("minGasPrice", "").matches(NUMBER)
                            ? new IllegalStateException("the gas price has no lower bound here")
                            : new IllegalArgumentException(
                                    "invalid minGasPrice: failed to parse big integer");
            case "requestTokens" ->
                    new IllegalStateException(
                            "Error requesting tokens from faucet: this version asks none");
            default -> new IllegalStateException("there is no route " + name);
        };
    }
}

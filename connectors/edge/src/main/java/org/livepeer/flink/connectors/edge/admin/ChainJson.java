package org.livepeer.flink.connectors.edge.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.operators.network.Delegator;
import org.livepeer.flink.operators.network.Delegator.UnbondingLock;
import org.livepeer.flink.operators.network.EarningsPool;
import org.livepeer.flink.operators.network.Orchestrator;
import org.livepeer.flink.operators.network.Parameters;
import org.livepeer.flink.operators.ticket.EthAddress;

/**
 * The chain as Go's {@code encoding/json} writes go-livepeer's types ({@code eth/types}): numbers
 * of any size as digits, addresses in lower case, fractions as text, {@code null} where it has
 * nothing.
 */
final class ChainJson {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    /** What {@code ContractAddresses} names. */
    private static final List<String> CONTRACTS =
            List.of(
                    "BondingManager",
                    "Controller",
                    "LivepeerToken",
                    "LivepeerTokenFaucet",
                    "Minter",
                    "RoundsManager",
                    "TicketBroker");

    private ChainJson() {}

    /**
     * @param price wei per pixel for everybody; null when there is none
     */
    static String orchestratorInfo(Orchestrator orchestrator, @Nullable Fraction price) {
        ObjectNode info = JSON.objectNode();
        info.set("Transcoder", orchestrator(orchestrator, null));
        info.put("PriceInfo", price == null ? null : price.toString());
        return text(info);
    }

    /** Nobody's price is known to an orchestrator: 0, as go-livepeer has it; null for nobody. */
    static String pool(List<Orchestrator> pool) {
        if (pool.isEmpty()) {
            return "null";
        }
        ArrayNode all = JSON.arrayNode();
        pool.forEach(each -> all.add(orchestrator(each, "0")));
        return text(all);
    }

    private static ObjectNode orchestrator(Orchestrator of, @Nullable String price) {
        return JSON.objectNode()
                .put("Address", of.address().lower())
                .put("ServiceURI", of.serviceUri())
                .put("LastRewardRound", of.lastRewardRound())
                .put("RewardCut", of.rewardCut())
                .put("FeeShare", of.feeShare())
                .put("DelegatedStake", of.delegatedStake())
                .put("ActivationRound", of.activationRound())
                .put("DeactivationRound", of.deactivationRound())
                .put("LastActiveStakeUpdateRound", of.lastActiveStakeUpdateRound())
                .put("Active", of.isActive())
                .put("Status", of.isRegistered() ? "Registered" : "Not Registered")
                .put("PricePerPixel", price);
    }

    static String delegator(Delegator of) {
        return text(
                JSON.objectNode()
                        .put("Address", of.address().lower())
                        .put("BondedAmount", of.bonded())
                        .put("Fees", of.fees())
                        .put("DelegateAddress", of.delegate().lower())
                        .put("DelegatedAmount", of.delegatedAmount())
                        .put("StartRound", of.startRound())
                        .put("LastClaimRound", of.lastClaimRound())
                        .put("NextUnbondingLockId", of.nextUnbondingLockId())
                        .put("PendingStake", orUnknown(of.pendingStake()))
                        .put("PendingFees", orUnknown(of.pendingFees()))
                        .put("Status", of.status().text()));
    }

    /** What go-livepeer writes for an answer that a contract does not give. */
    private static BigInteger orUnknown(@Nullable BigInteger number) {
        return number == null ? BigInteger.ONE.negate() : number;
    }

    static String locks(EthAddress delegator, List<UnbondingLock> locks) {
        ArrayNode all = JSON.arrayNode();
        for (UnbondingLock each : locks) {
            all.addObject()
                    .put("ID", each.id())
                    .put("Delegator", delegator.lower())
                    .put("Amount", each.amount())
                    .put("WithdrawRound", each.withdrawRound());
        }
        return text(all);
    }

    static String earnings(EarningsPool of) {
        return text(
                JSON.objectNode()
                        .put("TotalStake", of.totalStake())
                        .put("TranscoderRewardCut", of.rewardCut())
                        .put("TranscoderFeeShare", of.feeShare())
                        .put("CumulativeRewardFactor", of.cumulativeRewardFactor())
                        .put("CumulativeFeeFactor", of.cumulativeFeeFactor()));
    }

    /** With the names of parameters that the contracts no longer have. */
    static String parameters(Parameters of) {
        return text(
                JSON.objectNode()
                        .put("NumActiveTranscoders", of.mostActive())
                        .put("RoundLength", of.roundLength())
                        .put("RoundLockAmount", of.roundLockAmount())
                        .put("UnbondingPeriod", of.unbondingPeriod())
                        .put("VerificationRate", 0)
                        .putNull("VerificationPeriod")
                        .putNull("SlashingPeriod")
                        .putNull("FailedVerificationSlashAmount")
                        .putNull("MissedVerificationSlashAmount")
                        .putNull("DoubleClaimSegmentSlashAmount")
                        .putNull("FinderFee")
                        .put("Inflation", of.inflation())
                        .put("InflationChange", of.inflationChange())
                        .put("TargetBondingRate", of.targetBondingRate())
                        .put("VerificationCodeHash", "")
                        .put("TotalBonded", of.totalBonded())
                        .put("TotalSupply", of.totalSupply())
                        .put("Paused", of.isPaused()));
    }

    static String contracts(Map<String, EthAddress> known) {
        ObjectNode all = JSON.objectNode();
        CONTRACTS.forEach(name -> all.put(name, known.getOrDefault(name, EthAddress.ZERO).lower()));
        return text(all);
    }

    static String broker(BigInteger unlockPeriod) {
        return text(JSON.objectNode().put("UnlockPeriod", unlockPeriod));
    }

    /** Go writes what might end an HTML element by its code. */
    private static String text(JsonNode json) {
        return json.toString()
                .replace("<", "\\u003c")
                .replace(">", "\\u003e")
                .replace("&", "\\u0026")
                .replace("\u2028", "\\u2028")
                .replace("\u2029", "\\u2029");
    }
}

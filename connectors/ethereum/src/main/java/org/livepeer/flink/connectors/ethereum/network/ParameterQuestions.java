package org.livepeer.flink.connectors.ethereum.network;

import java.io.IOException;
import java.math.BigInteger;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.ethereum.settle.Questions;
import org.livepeer.flink.connectors.ethereum.settle.Questions.Asked;
import org.livepeer.flink.operators.network.Parameters;
import org.livepeer.flink.operators.ticket.EthAddress;

/** What makes up {@link Parameters}. */
final class ParameterQuestions {
    /** Chains on which all tokens are: there is no other supply ({@code isL1Network}). */
    private static final Set<Long> L1 = Set.of(1L, 4L);

    private ParameterQuestions() {}

    static Parameters ask(Look look) throws IOException {
        if (!look.addresses().has("Minter")) {
            throw new IOException("the network's Controller knows no Minter");
        }
        EthAddress bonding = look.contract("BondingManager");
        EthAddress rounds = look.contract("RoundsManager");
        EthAddress minter = look.contract("Minter");
        EthAddress broker = look.contract("TicketBroker");
        Questions all = look.questions();
        Asked mostActive = all.view(bonding, "getTranscoderPoolMaxSize()");
        Asked roundLength = all.view(rounds, "roundLength()");
        Asked roundLock = all.view(rounds, "roundLockAmount()");
        Asked unbonding = all.view(bonding, "unbondingPeriod()");
        Asked inflation = all.view(minter, "inflation()");
        Asked change = all.view(minter, "inflationChange()");
        Asked target = all.view(minter, "targetBondingRate()");
        Asked bonded = all.view(bonding, "getTotalBonded()");
        Asked globalSupply = all.view(minter, "getGlobalTotalSupply()");
        Asked supply = all.view(look.contract("LivepeerToken"), "totalSupply()");
        Asked paused = all.view(look.addresses().controller(), "paused()");
        Asked validity = all.view(broker, "ticketValidityPeriod()");
        Asked unlock = all.view(broker, "unlockPeriod()");
        Asked mintable = all.view(minter, "currentMintableTokens()");
        Asked treasuryCut = all.view(bonding, "treasuryRewardCutRate()");
        Asked treasuryCeiling = all.view(bonding, "treasuryBalanceCeiling()");
        all.send();
        boolean isAllHere = L1.contains(look.chainId()) || globalSupply.isUnknown();
        return new Parameters(
                mostActive.number(0),
                roundLength.number(0),
                roundLock.number(0),
                unbonding.number(0),
                inflation.number(0),
                change.number(0),
                target.number(0),
                bonded.number(0),
                (isAllHere ? supply : globalSupply).number(0),
                paused.isTrue(),
                validity.number(0),
                unlock.number(0),
                mintable.number(0),
                known(treasuryCut),
                known(treasuryCeiling));
    }

    private static @Nullable BigInteger known(Asked asked) throws IOException {
        return asked.isUnknown() ? null : asked.number(0);
    }
}

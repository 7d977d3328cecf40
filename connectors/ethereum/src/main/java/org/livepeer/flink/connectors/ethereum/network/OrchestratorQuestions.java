package org.livepeer.flink.connectors.ethereum.network;

import java.io.IOException;
import org.livepeer.flink.connectors.ethereum.settle.Questions;
import org.livepeer.flink.connectors.ethereum.settle.Questions.Asked;
import org.livepeer.flink.operators.network.Orchestrator;
import org.livepeer.flink.operators.ticket.EthAddress;

/** What makes up an {@link Orchestrator}. */
final class OrchestratorQuestions {
    private final EthAddress address;
    private final Asked info;
    private final Asked status;
    private final Asked stake;
    private final Asked active;
    private final Asked uri;
    private final Asked rewardCaller;

    OrchestratorQuestions(Look look, Questions questions, EthAddress address) {
        this.address = address;
        EthAddress bonding = look.contract("BondingManager");
        info = questions.view(bonding, "getTranscoder(address)", address);
        status = questions.view(bonding, "transcoderStatus(address)", address);
        stake = questions.view(bonding, "transcoderTotalStake(address)", address);
        active = questions.view(bonding, "isActiveTranscoder(address)", address);
        uri = questions.view(look.contract("ServiceRegistry"), "getServiceURI(address)", address);
        rewardCaller = questions.view(bonding, "transcoderToRewardCaller(address)", address);
    }

    Orchestrator answer() throws IOException {
        long registered = status.bounded(0);
        if (registered > 1) {
            throw new IOException("unknown transcoder status");
        }
        return new Orchestrator(
                address,
                uri.text(),
                stake.number(0),
                info.number(0),
                info.number(1),
                info.number(2),
                info.number(4),
                info.number(5),
                info.number(3),
                active.isTrue(),
                registered == 1,
                rewardCaller.isUnknown() ? null : rewardCaller.address(0));
    }
}

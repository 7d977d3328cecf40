package org.livepeer.flink.jobs.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.livepeer.flink.operators.network.Orchestrator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The network's orchestrators. */
@Command(
        name = "orchestrators",
        description =
                "Orchestrators of the network that are in the set for the next round, the largest"
                        + " stake first: read from the chain.")
final class OrchestratorsCommand implements Callable<Integer> {
    @Mixin ChainLook look = new ChainLook();

    @Override
    public Integer call() throws IOException {
        List<List<String>> rows = new ArrayList<>();
        for (Orchestrator each : look.open().pool()) {
            rows.add(
                    List.of(
                            each.address().toString(),
                            Report.yesOrNo(each.isActive()),
                            Report.units(each.delegatedStake()),
                            Report.percent(each.rewardCut()),
                            Report.percent(each.feeShare()),
                            each.lastRewardRound().toString(),
                            each.serviceUri()));
        }
        new Report()
                .fact("orchestrators", rows.size())
                .rows(
                        "pool",
                        List.of(
                                "orchestrator",
                                "active",
                                "stake LPT",
                                "reward cut %",
                                "fee share %",
                                "last reward round",
                                "service URI"),
                        rows)
                .print(look.json);
        return 0;
    }
}

package org.livepeer.flink.jobs.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.operators.network.NetworkState;
import org.livepeer.flink.operators.network.Round;
import org.livepeer.flink.operators.network.RoundEarnings;
import org.livepeer.flink.operators.ticket.EthAddress;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Rounds, and what they brought an orchestrator. */
@Command(
        name = "rounds",
        description =
                "The round that it is now, and what the last ones brought the orchestrator of"
                        + " -ethOrchAddr or -ethAcctAddr: read from the chain.")
final class RoundsCommand implements Callable<Integer> {
    private static final int MOST_ROUNDS = 100;

    @Mixin ChainLook look = new ChainLook();

    @Option(
            names = {"-rounds", "--rounds"},
            paramLabel = "N",
            defaultValue = "5",
            description = "how many, 1 to 100 (default: ${DEFAULT-VALUE})")
    int rounds = 5;

    @Option(
            names = {"-ethAcctAddr", "--ethAcctAddr"},
            paramLabel = "0xADDRESS",
            description = "the orchestrator, unless -ethOrchAddr says another one")
    @Nullable String account;

    @Option(
            names = {"-ethOrchAddr", "--ethOrchAddr"},
            paramLabel = "0xADDRESS",
            description = "the orchestrator")
    @Nullable String orchestrator;

    @Override
    public Integer call() throws IOException {
        if (rounds < 1 || rounds > MOST_ROUNDS) {
            throw look.usage("--rounds " + rounds + " must be 1 to " + MOST_ROUNDS);
        }
        EthAddress whose = whose();
        NetworkState network = look.open();
        Round now = network.round();
        Report report =
                new Report()
                        .fact("round", now.number())
                        .fact("initialized", Report.yesOrNo(now.isInitialized()))
                        .fact("last initialized", now.lastInitialized())
                        .fact("locked", Report.yesOrNo(now.isLocked()))
                        .fact("first L1 block", now.startBlock())
                        .fact("L1 blocks", now.length())
                        .fact("L1 blocks left", now.blocksLeft())
                        .fact("L1 block", now.l1Block())
                        .fact("block", now.block());
        if (whose != null) {
            report.fact("orchestrator", whose)
                    .rows(
                            "rounds",
                            List.of(
                                    "round",
                                    "initialized",
                                    "rewarded",
                                    "reward LPT",
                                    "fees ETH",
                                    "reward cut %",
                                    "fee share %",
                                    "stake LPT"),
                            rows(network.history(whose, rounds)));
        }
        report.print(look.json);
        return 0;
    }

    private @Nullable EthAddress whose() {
        if (orchestrator != null) {
            return look.address("-ethOrchAddr", orchestrator);
        }
        return account == null ? null : look.address("-ethAcctAddr", account);
    }

    private static List<List<String>> rows(List<RoundEarnings> history) {
        List<List<String>> rows = new ArrayList<>();
        for (RoundEarnings each : history) {
            rows.add(
                    List.of(
                            each.round().toString(),
                            Report.yesOrNo(each.isInitialized()),
                            Report.yesOrNo(each.isRewarded()),
                            Report.units(each.reward()),
                            Report.units(each.fees()),
                            Report.percent(each.rewardCut()),
                            Report.percent(each.feeShare()),
                            Report.units(each.stake())));
        }
        return rows;
    }
}

package org.livepeer.flink.jobs.cli;

import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.operators.network.NetworkState;
import org.livepeer.flink.operators.network.Parameters;
import org.livepeer.flink.operators.ticket.EthAddress;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** What the network has agreed on. */
@Command(
        name = "parameters",
        description =
                "Parameters of the network and addresses of its contracts, read from the chain.")
final class ParametersCommand implements Callable<Integer> {
    private static final int MINTER_DIGITS = 7;
    private static final int PRECISE_DIGITS = 25;

    @Mixin ChainLook look = new ChainLook();

    @Override
    public Integer call() throws IOException {
        NetworkState network = look.open();
        Parameters now = network.parameters();
        List<List<String>> rows = new ArrayList<>();
        add(rows, "paused", Report.yesOrNo(now.isPaused()), "");
        add(rows, "active orchestrators", now.mostActive().toString(), "at most");
        add(rows, "round length", now.roundLength().toString(), "L1 blocks");
        add(rows, "round lock", Report.percent(now.roundLockAmount()), "% of a round, at its end");
        add(rows, "unbonding period", now.unbondingPeriod().toString(), "rounds");
        add(rows, "unlock period", now.unlockPeriod().toString(), "rounds");
        add(rows, "ticket validity", now.ticketValidityPeriod().toString(), "rounds");
        add(rows, "inflation", minter(now.inflation()), "% of the supply in a round");
        add(rows, "inflation change", minter(now.inflationChange()), "% of the supply per round");
        add(rows, "target bonding rate", minter(now.targetBondingRate()), "% of the supply");
        add(rows, "mintable", Report.units(now.mintable()), "LPT in this round");
        add(rows, "total bonded", Report.units(now.totalBonded()), "LPT");
        add(rows, "total supply", Report.units(now.totalSupply()), "LPT");
        add(rows, "treasury's cut", precise(now.treasuryRewardCutRate()), "% of rewards");
        add(rows, "treasury's ceiling", units(now.treasuryBalanceCeiling()), "LPT");
        List<List<String>> contracts = new ArrayList<>();
        for (Map.Entry<String, EthAddress> each : network.contracts().entrySet()) {
            contracts.add(List.of(each.getKey(), each.getValue().toString()));
        }
        new Report()
                .rows("parameters", List.of("parameter", "value", "unit"), rows)
                .rows("contracts", List.of("contract", "address"), contracts)
                .print(look.json);
        return 0;
    }

    private static void add(List<List<String>> rows, String name, String value, String unit) {
        rows.add(List.of(name, value, value.isEmpty() ? "" : unit));
    }

    /** Percent out of parts of 1000000000. */
    private static String minter(BigInteger parts) {
        return Report.decimal(parts, MINTER_DIGITS);
    }

    /** Percent out of parts of 10^27; empty where the contract knows none. */
    private static String precise(@Nullable BigInteger parts) {
        return parts == null ? "" : Report.decimal(parts, PRECISE_DIGITS);
    }

    private static String units(@Nullable BigInteger smallest) {
        return smallest == null ? "" : Report.units(smallest);
    }
}

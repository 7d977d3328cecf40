package org.livepeer.flink.jobs.cli;

import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.operators.network.Delegator;
import org.livepeer.flink.operators.network.NetworkState;
import org.livepeer.flink.operators.network.Orchestrator;
import org.livepeer.flink.operators.ticket.EthAddress;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** An account's stake. */
@Command(
        name = "delegator",
        description =
                "An account's stake, earnings, unbonded stake and balances, and what it is as an"
                        + " orchestrator: read from the chain.")
final class DelegatorCommand implements Callable<Integer> {
    @Mixin ChainLook look = new ChainLook();

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "0xADDRESS",
            description = "the account (default: that of -ethAcctAddr)")
    @Nullable String address;

    @Option(
            names = {"-ethAcctAddr", "--ethAcctAddr"},
            paramLabel = "0xADDRESS",
            description = "the account, when none is named")
    @Nullable String account;

    @Override
    public Integer call() throws IOException {
        EthAddress whose = whose();
        NetworkState network = look.open();
        Delegator delegator = network.delegator(whose);
        Report report =
                new Report()
                        .fact("delegator", whose)
                        .fact("status", delegator.status().text())
                        .fact("bonded to", named(delegator.delegate()))
                        .fact("since round", delegator.startRound())
                        .fact("bonded LPT", Report.units(delegator.bonded()))
                        .fact("with rewards LPT", units(delegator.pendingStake()))
                        .fact("fees ETH", Report.units(delegator.fees()))
                        .fact("with pending fees ETH", units(delegator.pendingFees()))
                        .fact("claimed until round", delegator.lastClaimRound())
                        .fact("owns LPT", Report.units(network.tokens(whose)))
                        .fact("owns ETH", Report.units(network.wei(whose)));
        if (delegator.delegate().equals(whose)) {
            orchestrator(report, network.orchestrator(whose));
        }
        List<List<String>> locks = new ArrayList<>();
        for (Delegator.UnbondingLock each : network.locks(whose)) {
            locks.add(
                    List.of(
                            Long.toString(each.id()),
                            Report.units(each.amount()),
                            each.withdrawRound().toString()));
        }
        report.rows("unbonded", List.of("lock", "LPT", "free from round"), locks).print(look.json);
        return 0;
    }

    private static void orchestrator(Report report, Orchestrator of) {
        report.fact("active", Report.yesOrNo(of.isActive()))
                .fact("delegated LPT", Report.units(of.delegatedStake()))
                .fact("reward cut %", Report.percent(of.rewardCut()))
                .fact("fee share %", Report.percent(of.feeShare()))
                .fact("last reward round", of.lastRewardRound())
                .fact("service URI", of.serviceUri());
        EthAddress caller = of.rewardCaller();
        if (caller != null) {
            report.fact("reward caller", named(caller));
        }
    }

    private EthAddress whose() {
        String named = address == null ? account : address;
        if (named == null) {
            throw look.usage("name an account: livepeer chain delegator 0xADDRESS");
        }
        return look.address(address == null ? "-ethAcctAddr" : "0xADDRESS", named);
    }

    private static String named(EthAddress address) {
        return address.isZero() ? "nobody" : address.toString();
    }

    private static String units(@Nullable BigInteger smallest) {
        return smallest == null ? "unknown" : Report.units(smallest);
    }
}

package org.livepeer.flink.jobs.cli;

import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.ethereum.network.RpcNetworkState;
import org.livepeer.flink.operators.network.NetworkState;
import org.livepeer.flink.operators.ticket.EthAddress;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** Flags of commands that only read the chain: a node of it is all that they need. */
final class ChainLook extends CommonFlags {
    @Option(
            names = {"-network", "--network"},
            defaultValue = ChainFlags.ARBITRUM,
            description = "arbitrum-one-mainnet or devnet (default: ${DEFAULT-VALUE})")
    String network = ChainFlags.ARBITRUM;

    @Option(
            names = {"-ethUrl", "--ethUrl"},
            paramLabel = "URL[,URL]|FILE",
            description = "JSON-RPC of the chain's nodes, or a file with their addresses")
    @Nullable String ethUrl;

    @Option(
            names = {"-ethController", "--ethController"},
            paramLabel = "0xADDRESS",
            description = "the network's Controller (default: that of the network)")
    @Nullable String ethController;

    @Option(
            names = {"-json", "--json"},
            description = "print JSON instead of a table")
    boolean json;

    @CommandLine.Spec(CommandLine.Spec.Target.MIXEE)
    CommandLine.Model.@Nullable CommandSpec spec;

    /**
     * The network's contracts, read by a node.
     *
     * @throws CommandLine.ParameterException when the flags do not say which, or where
     */
    NetworkState open() {
        boolean live = network.equals(ChainFlags.ARBITRUM);
        if (!live && !network.equals(ChainFlags.DEVNET)) {
            throw usage(
                    "-network "
                            + network
                            + " is no chain to look at: give "
                            + ChainFlags.ARBITRUM
                            + " or "
                            + ChainFlags.DEVNET);
        }
        String controller =
                ethController == null && live ? ChainFlags.ARBITRUM_CONTROLLER : ethController;
        if (ethUrl == null || controller == null) {
            throw usage(
                    "say where a node of the chain answers: -ethUrl URL"
                            + (live ? "" : ", and the network's -ethController 0xADDRESS"));
        }
        try {
            return RpcNetworkState.of(
                    ethUrl, ChainFlags.address("-ethController", controller).lower());
        } catch (IllegalArgumentException e) {
            throw usage(String.valueOf(e.getMessage()));
        }
    }

    /** Whom it is about. */
    EthAddress address(String flag, String text) {
        try {
            return ChainFlags.address(flag, text);
        } catch (IllegalArgumentException e) {
            throw usage(String.valueOf(e.getMessage()));
        }
    }

    RuntimeException usage(String problem) {
        return spec == null
                ? new IllegalArgumentException(problem)
                : new CommandLine.ParameterException(spec.commandLine(), problem);
    }
}

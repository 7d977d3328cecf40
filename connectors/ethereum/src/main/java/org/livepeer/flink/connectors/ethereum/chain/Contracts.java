package org.livepeer.flink.connectors.ethereum.chain;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.livepeer.flink.connectors.ethereum.rpc.EthRpc;
import org.livepeer.flink.connectors.ethereum.rpc.LogEntry;
import org.livepeer.flink.connectors.ethereum.rpc.RpcException;
import org.livepeer.flink.operators.hash.Keccak256;

/**
 * Addresses of the network's contracts, as its Controller says them; asked for again when it says
 * that one has moved. One that moved is still known under its old address.
 */
final class Contracts {
    private static final List<String> NAMES =
            List.of("TicketBroker", "BondingManager", "RoundsManager", "ServiceRegistry");

    /** {@code SetContractInfo(bytes32 id, address contractAddress, bytes20 gitCommitHash)}. */
    private static final String MOVED =
            "0xf9a6cf519167d81bc5cb3d26c60c0c9a19704aa908c148e82a861b570f4cd2d7";

    private static final String GET_CONTRACT = "0xe16c7d98";
    private static final String ADDRESS_WORD = "0x0{24}[0-9a-fA-F]{40}";
    private static final String NOBODY = "0x0000000000000000000000000000000000000000";

    private final EthRpc rpc;
    private final String controller;
    private final Map<String, String> byAddress = new LinkedHashMap<>();

    /**
     * @param controller 0x and 40 hex digits
     */
    Contracts(EthRpc rpc, String controller) {
        this.rpc = rpc;
        this.controller = controller.toLowerCase(Locale.ROOT);
    }

    /**
     * Asks the Controller.
     *
     * @throws IllegalStateException when it is none, or does not know all of them
     */
    void resolve() throws RpcException {
        byAddress.put(controller, "Controller");
        for (String name : NAMES) {
            String id = EthRpc.hex(Keccak256.of(name.getBytes(US_ASCII)));
            String answer = rpc.view(controller, GET_CONTRACT + id.substring(2), "latest");
            String address =
                    answer.matches(ADDRESS_WORD)
                            ? "0x" + answer.substring(26).toLowerCase(Locale.ROOT)
                            : NOBODY;
            if (!address.equals(NOBODY)) {
                byAddress.put(address, name);
            }
        }
        if (!byAddress.values().containsAll(NAMES)) {
            throw new IllegalStateException(
                    "there is no Controller of the network at "
                            + controller
                            + ": give the right -ethController and -ethUrl");
        }
    }

    /** All addresses that were ever said. */
    List<String> addresses() {
        return new ArrayList<>(byAddress.keySet());
    }

    /** The contract that logged; empty when it is none of them. */
    String nameOf(LogEntry log) {
        return byAddress.getOrDefault(EthRpc.hex(log.address()), "");
    }

    /** Whether a log says that a contract has moved. */
    boolean isMove(LogEntry log) {
        return !log.topics().isEmpty()
                && EthRpc.hex(log.topics().get(0)).equals(MOVED)
                && nameOf(log).equals("Controller");
    }
}

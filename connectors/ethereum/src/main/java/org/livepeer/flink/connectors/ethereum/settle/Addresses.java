package org.livepeer.flink.connectors.ethereum.settle;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.livepeer.flink.operators.hash.Keccak256;
import org.livepeer.flink.operators.ticket.EthAddress;

/**
 * Where the network's contracts are, as its Controller says in each look. What it said last may be
 * read by any thread.
 */
public final class Addresses {
    private static final List<String> NEEDED =
            List.of(
                    "TicketBroker",
                    "BondingManager",
                    "RoundsManager",
                    "ServiceRegistry",
                    "LivepeerToken");
    private static final List<String> OTHERS = List.of("LivepeerGovernor");

    private final EthAddress controller;
    private final List<String> others;
    private volatile Map<String, EthAddress> byName = Map.of();
    private final Set<EthAddress> brokers = new LinkedHashSet<>();

    Addresses(EthAddress controller) {
        this(controller, OTHERS);
    }

    /**
     * @param others contracts that are asked for too, and need not be there
     */
    public Addresses(EthAddress controller, List<String> others) {
        this.controller = controller;
        this.others = others;
    }

    /** Answers of the Controller to come. */
    public interface Said {
        /**
         * Takes them in.
         *
         * @throws IOException when this is no Controller
         */
        void take() throws IOException;
    }

    /** Adds what is asked of the Controller. */
    public Said ask(Questions questions) {
        Map<String, Questions.Asked> asked = new HashMap<>();
        for (List<String> some : List.of(NEEDED, others)) {
            for (String name : some) {
                byte[] id = Keccak256.of(name.getBytes(US_ASCII));
                asked.put(name, questions.view(controller, "getContract(bytes32)", id));
            }
        }
        return () -> take(asked);
    }

    private void take(Map<String, Questions.Asked> asked) throws IOException {
        Map<String, EthAddress> said = new HashMap<>();
        for (var each : asked.entrySet()) {
            // Where there is no contract at all, the answer is empty.
            boolean isAnswer = !each.getValue().result().asText().equals("0x");
            EthAddress address = isAnswer ? each.getValue().address(0) : EthAddress.ZERO;
            if (!address.isZero()) {
                said.put(each.getKey(), address);
            }
        }
        if (!said.keySet().containsAll(NEEDED)) {
            throw new IOException(
                    "there is no Controller of the network at "
                            + controller
                            + ": give the right -ethController and -ethUrl");
        }
        byName = Map.copyOf(said);
        brokers.add(of("TicketBroker"));
    }

    /** Whether the Controller knows it. */
    public boolean has(String name) {
        return byName.containsKey(name);
    }

    /** The Controller itself. */
    public EthAddress controller() {
        return controller;
    }

    /**
     * A contract's address.
     *
     * @throws IllegalStateException when the Controller was not asked, or does not know it
     */
    public EthAddress of(String name) {
        EthAddress address = byName.get(name);
        if (address == null) {
            throw new IllegalStateException("the Controller has not said where " + name + " is");
        }
        return address;
    }

    /** What the Controller said last, by name. */
    public Map<String, EthAddress> all() {
        return byName;
    }

    /** Every address that was ever the broker's. */
    Set<EthAddress> brokers() {
        return brokers;
    }
}

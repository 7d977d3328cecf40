package org.livepeer.flink.connectors.ethereum.settle;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.livepeer.flink.connectors.ethereum.rpc.EthRpc;
import org.livepeer.flink.connectors.ethereum.rpc.RpcException;
import org.livepeer.flink.connectors.ethereum.settle.Questions.Asked;
import org.livepeer.flink.operators.settlement.SettlementChain;
import org.livepeer.flink.operators.ticket.EthAddress;

/**
 * The chain by a node's JSON-RPC, in a few requests for each look: the newest block, then all else
 * as of that block, then whether that block is still there.
 */
public final class RpcSettlementChain implements SettlementChain {
    /** A node that is so many blocks behind another is of no use. */
    private static final long MOST_BEHIND = 128;

    private final EthRpc rpc;
    private final Addresses addresses;
    private final EthAddress account;
    private final EthAddress recipient;
    private final int confirmations;
    private long newest;
    private long settledNonce;

    /**
     * Opens one.
     *
     * @param ethUrl {@code URL[,URL]} of nodes, or a file with that
     * @param controller of the network, 0x and 40 hex digits
     * @param account who sends, 0x and 40 hex digits
     * @param recipient whom tickets pay, 0x and 40 hex digits
     * @param confirmations blocks behind the newest one that nothing drops any more
     */
    public record Factory(
            String ethUrl, String controller, String account, String recipient, int confirmations)
            implements SettlementChain.Factory {
        public Factory {
            EthAddress.parse(controller);
            EthAddress.parse(account);
            EthAddress.parse(recipient);
        }

        @Override
        public SettlementChain open() {
            return new RpcSettlementChain(
                    EthRpc.of(EthRpc.urls(ethUrl)),
                    EthAddress.parse(controller),
                    EthAddress.parse(account),
                    EthAddress.parse(recipient),
                    confirmations);
        }

        /** Never shows the addresses of nodes. */
        @Override
        public String toString() {
            return "Factory[controller=" + controller + ", account=" + account + "]";
        }
    }

    RpcSettlementChain(
            EthRpc rpc,
            EthAddress controller,
            EthAddress account,
            EthAddress recipient,
            int confirmations) {
        this.rpc = rpc;
        this.addresses = new Addresses(controller);
        this.account = account;
        this.recipient = recipient;
        this.confirmations = confirmations;
    }

    @Override
    public Look look(Wanted wanted) throws IOException {
        try {
            return picture(wanted);
        } catch (IOException e) {
            rpc.leave();
            throw e;
        } catch (ArithmeticException | IllegalArgumentException e) {
            rpc.leave();
            throw new IOException("a node says what cannot be: " + e.getMessage(), e);
        }
    }

    private Look picture(Wanted wanted) throws IOException {
        Questions first = new Questions(rpc, "latest");
        Asked chainId = first.ask("eth_chainId");
        Asked gasPrice = first.ask("eth_gasPrice");
        Asked block = first.ask("eth_getBlockByNumber", "latest", false);
        Addresses.Said said = addresses.ask(first);
        first.send();
        long chain = requireChain(wanted.chainId(), chainId.result());
        Head head = Head.read(block.result());
        if (head.number() < newest - MOST_BEHIND) {
            throw new IOException(
                    "a node's newest block is "
                            + head.number()
                            + ", "
                            + newest
                            + " was seen before");
        }
        said.take();
        Map<String, String> unsent = new Broadcasts(rpc).send(wanted.broadcasts());

        Questions second = new Questions(rpc, head.tag());
        StandingQuestions standing =
                new StandingQuestions(second, addresses, head, account, recipient, confirmations);
        Map<String, TicketQuestions> tickets = new LinkedHashMap<>();
        for (Redeemable each : wanted.tickets()) {
            tickets.put(
                    EthRpc.hex(each.ticket().hash()),
                    new TicketQuestions(second, addresses.of("TicketBroker"), account, each));
        }
        TransactionQuestions transactions =
                new TransactionQuestions(rpc, second, wanted.transactions());
        StepQuestions steps =
                new StepQuestions(second, addresses, account, recipient, wanted.steps());
        second.send();

        Questions last = new Questions(rpc, head.tag());
        steps.askGas(last);
        Asked again = last.ask("eth_getBlockByNumber", head.tag(), false);
        last.send();
        Map<String, Mined> mined = transactions.mined(addresses.brokers());
        if (!again.result().path("hash").asText().equals(head.hash())) {
            throw new IOException("block " + head.number() + " was dropped during the look at it");
        }

        Standing now = standing.standing(chain, gasPrice.quantity(), settledNonce);
        Map<String, Tried> tried = new LinkedHashMap<>();
        for (var each : tickets.entrySet()) {
            tried.put(each.getKey(), each.getValue().tried());
        }
        Map<String, Prepared> prepared = steps.prepared(!now.paused() && now.roundInitialized());
        newest = Math.max(newest, head.number());
        settledNonce = now.settledNonce();
        return new Look(now, tried, prepared, mined, unsent);
    }

    private long requireChain(long chainId, JsonNode said) throws IOException {
        try {
            return rpc.requireChain(chainId, said);
        } catch (RpcException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    @Override
    public Call redemption(List<Redeemable> tickets) {
        return new Call(addresses.of("TicketBroker"), Abi.redemption(tickets), BigInteger.ZERO);
    }

    @Override
    public Optional<String> refusal(String action, Map<String, String> arguments) {
        return Actions.refusal(action, arguments);
    }

    @Override
    public void close() {
        // Nothing is held open: Java's HTTP client ends with its last user.
    }
}

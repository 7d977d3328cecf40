package org.livepeer.flink.connectors.edge.payment;

import java.time.Duration;
import org.livepeer.flink.operators.ticket.EthAddress;
import org.livepeer.flink.operators.ticket.MessageSigner;
import org.livepeer.flink.operators.ticket.Recipient;

/**
 * How an orchestrator on chain is paid.
 *
 * @param node signs what gateways check
 * @param recipient whom tickets pay, {@code -ethOrchAddr}; the node itself by default
 * @param terms what tickets must be worth
 * @param autoAdjustPrice whether what redeeming costs is put on the price
 * @param staleAfter a newest block that is older than that makes the edge refuse new sessions
 */
public record TicketSettings(
        MessageSigner node,
        EthAddress recipient,
        Recipient.Terms terms,
        boolean autoAdjustPrice,
        Duration staleAfter) {
    /** How old the newest block may be: Arbitrum's are a quarter of a second apart. */
    public static final Duration STALE_AFTER = Duration.ofMinutes(5);
}

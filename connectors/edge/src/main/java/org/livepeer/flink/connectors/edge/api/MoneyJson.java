package org.livepeer.flink.connectors.edge.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.livepeer.flink.connectors.edge.feed.Wins;
import org.livepeer.flink.operators.ticket.Bytes;
import org.livepeer.flink.schemas.ChainHead;
import org.livepeer.flink.schemas.Redemption;
import org.livepeer.flink.schemas.WinningTicket;

/** The chain and the tickets that pay, as JSON. Wei are strings of digits. */
final class MoneyJson {
    /** Tickets that are told one by one. */
    private static final int SHOWN = 50;

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private MoneyJson() {}

    static ObjectNode head(ChainHead head) {
        return NODES.objectNode()
                .put("chainId", head.getChainId())
                .put("block", head.getBlock())
                .put("l1Block", head.getL1Block())
                .put("blockAtMs", head.getBlockAtMs())
                .put("round", head.getRound())
                .put("gasPrice", wei(head.getGasPrice()));
    }

    static ObjectNode tickets(Wins wins) {
        ObjectNode answer = NODES.objectNode();
        answer.put("sinceMs", wins.sinceMs().orElse(null));
        ObjectNode sums = answer.putObject("sums");
        wins.sums()
                .forEach(
                        (state, sum) ->
                                sums.putObject(state.name())
                                        .put("tickets", sum.tickets())
                                        .put("faceValue", sum.faceValue().toString())
                                        .put("paid", sum.paid().toString()));
        ArrayNode rows = answer.putArray("tickets");
        wins.newest(SHOWN).forEach(each -> rows.add(ticket(each)));
        return answer;
    }

    private static ObjectNode ticket(Redemption redemption) {
        WinningTicket ticket = redemption.getTicket();
        boolean mined = redemption.getTransaction().hasRemaining();
        return NODES.objectNode()
                .put("ticket", hex(ticket.getTicketHash()))
                .put("sender", hex(ticket.getSender()))
                .put("session", ticket.getSessionId())
                .put("faceValue", wei(ticket.getFaceValue()))
                .put("round", ticket.getCreationRound())
                .put("secretUntilL1Block", wei(ticket.getExpirationBlock()))
                .put("state", redemption.getState().name())
                .put("reason", redemption.getReason())
                .put("attempts", redemption.getAttempts())
                .put("transaction", mined ? hex(redemption.getTransaction()) : null)
                .put("block", mined ? redemption.getBlock() : null)
                .put("paid", mined ? wei(redemption.getPayout()) : null)
                .put("wonAtMs", ticket.getArrivedAtMs())
                .put("updatedAtMs", redemption.getUpdatedAtMs());
    }

    private static String wei(ByteBuffer number) {
        return Bytes.number(number).toString();
    }

    private static String hex(ByteBuffer bytes) {
        return "0x" + HexFormat.of().formatHex(Bytes.of(bytes));
    }
}

package org.livepeer.flink.connectors.edge.payment;

import java.math.BigInteger;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.livepeer.flink.operators.ticket.Bytes;
import org.livepeer.flink.operators.ticket.EthAddress;
import org.livepeer.flink.schemas.Redemption;

/**
 * Face values of the tickets that are on their way to the chain, by sender: its funds are spoken
 * for by so much. One thread writes, all read.
 */
final class WinsUnderWay {
    private final Map<String, Win> wins = new HashMap<>();
    private final ConcurrentMap<String, BigInteger> sums = new ConcurrentHashMap<>();

    private record Win(String sender, BigInteger faceValue) {}

    /**
     * Takes in a ticket's last change.
     *
     * @param key its name
     */
    void take(String key, Redemption ticket) {
        Win before =
                switch (ticket.getState()) {
                    case SIGNED, SENT ->
                            wins.put(
                                    key,
                                    new Win(
                                            EthAddress.of(Bytes.of(ticket.getTicket().getSender()))
                                                    .lower(),
                                            Bytes.number(ticket.getTicket().getFaceValue())));
                    case QUEUED, MINED, CONFIRMED, EXPIRED, DEAD -> wins.remove(key);
                };
        if (before != null) {
            sums.merge(before.sender(), before.faceValue().negate(), BigInteger::add);
        }
        Win now = wins.get(key);
        if (now != null) {
            sums.merge(now.sender(), now.faceValue(), BigInteger::add);
        }
    }

    /** wei. */
    BigInteger of(EthAddress sender) {
        return sums.getOrDefault(sender.lower(), BigInteger.ZERO);
    }
}

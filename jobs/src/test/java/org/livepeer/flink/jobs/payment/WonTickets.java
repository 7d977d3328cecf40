package org.livepeer.flink.jobs.payment;

import java.math.BigInteger;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.livepeer.flink.operators.auth.ClusterSecret;
import org.livepeer.flink.operators.ticket.EthAddress;
import org.livepeer.flink.operators.ticket.Recipient;
import org.livepeer.flink.operators.ticket.RecipientRands;

/** Which tickets pay, as nobody but the holder of the secret can tell. */
final class WonTickets {
    private WonTickets() {}

    /**
     * @return the session of each that pays, by the hex digits of its hash
     */
    static Map<String, String> among(
            List<PayingGateway.Sent> sent, EthAddress sender, ClusterSecret secret) {
        RecipientRands rands = Recipient.secret(secret);
        Map<String, String> won = new TreeMap<>();
        for (PayingGateway.Sent each : sent) {
            var params = each.params();
            BigInteger rand =
                    rands.rand(
                            new RecipientRands.Bound(
                                    each.session(),
                                    new BigInteger(1, params.getSeed().toByteArray()),
                                    sender,
                                    each.ticket().faceValue(),
                                    each.ticket().winProb(),
                                    new BigInteger(1, params.getExpirationBlock().toByteArray()),
                                    each.price(),
                                    each.ticket().creationRound(),
                                    each.ticket().creationRoundBlockHash()));
            if (each.ticket().wins(each.signature(), rand)) {
                won.put(HexFormat.of().formatHex(each.ticket().hash()), each.session());
            }
        }
        return won;
    }
}

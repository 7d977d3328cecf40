package org.livepeer.flink.connectors.ethereum.settle;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.livepeer.flink.connectors.ethereum.rpc.EthRpc;
import org.livepeer.flink.connectors.ethereum.rpc.RpcException;
import org.livepeer.flink.operators.settlement.SettlementChain.Mined;
import org.livepeer.flink.operators.ticket.EthAddress;
import org.livepeer.flink.operators.ticket.RecipientRands;
import org.livepeer.flink.operators.ticket.Ticket;

/** Reads receipts of transactions. */
final class Receipts {
    /** {@code WinningTicketTransfer(address*,address*,uint256)}. */
    private static final String PAID =
            "0x8b87351a208c06e3ceee59d80725fd77a23b4129e1b51ca231fc89b40712649c";

    /**
     * {@code WinningTicketRedeemed(address*,address*,uint256,uint256,uint256,uint256,bytes)}:
     * sender, recipient, faceValue, winProb, senderNonce, recipientRand, auxData.
     */
    private static final String REDEEMED =
            "0xc389eb51ed006dbf2528507f010efdf5225ea596e1e1741d74f550dab1925ee7";

    private static final int AUX_LENGTH = 64;

    private Receipts() {}

    /**
     * Reads one.
     *
     * @param brokers addresses of the ticket broker
     * @throws IOException when it makes no sense
     */
    static Mined read(JsonNode receipt, Set<EthAddress> brokers) throws IOException {
        try {
            BigInteger fee =
                    EthRpc.number(receipt.path("gasUsed"))
                            .multiply(EthRpc.number(receipt.path("effectiveGasPrice")));
            return new Mined(
                    EthRpc.number(receipt.path("blockNumber")).longValueExact(),
                    EthRpc.number(receipt.path("status")).signum() != 0,
                    "",
                    fee,
                    redeemed(receipt.path("logs"), brokers));
        } catch (RpcException | IllegalArgumentException | ArithmeticException e) {
            throw new IOException("a receipt makes no sense: " + e.getMessage(), e);
        }
    }

    /** A ticket's payment comes right before the word that it was redeemed; none comes for 0. */
    private static Map<String, BigInteger> redeemed(JsonNode logs, Set<EthAddress> brokers)
            throws RpcException {
        Map<String, BigInteger> payouts = new LinkedHashMap<>();
        BigInteger paid = BigInteger.ZERO;
        for (JsonNode log : logs) {
            if (!brokers.contains(EthAddress.of(EthRpc.bytes(log.path("address"))))) {
                continue;
            }
            Words data = new Words(EthRpc.bytes(log.path("data")));
            String event = log.path("topics").path(0).asText();
            if (event.equals(PAID)) {
                paid = data.number(0);
            } else if (event.equals(REDEEMED)) {
                payouts.put(EthRpc.hex(ticket(log.path("topics"), data).hash()), paid);
                paid = BigInteger.ZERO;
            }
        }
        return payouts;
    }

    private static Ticket ticket(JsonNode topics, Words data) throws RpcException {
        byte[] aux = data.bytes(4);
        if (aux.length != AUX_LENGTH) {
            throw new IllegalArgumentException("auxData of " + aux.length + " bytes");
        }
        return new Ticket(
                EthAddress.of(EthRpc.bytes(topics.path(2))),
                EthAddress.of(EthRpc.bytes(topics.path(1))),
                data.number(0),
                data.number(1),
                data.number(2).longValueExact(),
                RecipientRands.hash(data.number(3)),
                new Words(aux).bounded(0),
                Arrays.copyOfRange(aux, AUX_LENGTH / 2, AUX_LENGTH));
    }
}

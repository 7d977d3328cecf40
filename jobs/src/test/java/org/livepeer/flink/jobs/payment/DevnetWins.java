package org.livepeer.flink.jobs.payment;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HexFormat;
import org.livepeer.flink.connectors.ethereum.devnet.Devnet;
import org.livepeer.flink.connectors.ethereum.keys.AccountKey;
import org.livepeer.flink.connectors.ethereum.keys.KeyStore;
import org.livepeer.flink.connectors.kafka.SecretFile;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.operators.ticket.Bytes;
import org.livepeer.flink.operators.ticket.EthAddress;
import org.livepeer.flink.operators.ticket.Recipient;
import org.livepeer.flink.operators.ticket.RecipientRands;
import org.livepeer.flink.operators.ticket.Ticket;
import org.livepeer.flink.operators.ticket.Words;
import org.livepeer.flink.schemas.WinningTicket;

/**
 * Tickets of the development chain's gateway that always win, as the orchestrator job tells them.
 */
final class DevnetWins {
    private static final BigInteger ALWAYS = BigInteger.ONE.shiftLeft(256).subtract(BigInteger.ONE);
    private static final BigInteger SEED = BigInteger.valueOf(99);
    private static final Fraction PRICE = Fraction.of(1_200);

    private final Devnet devnet;
    private final RecipientRands rands;
    private final AccountKey gateway;
    private long nonce;

    /**
     * @param keys folder of the chain's keystores
     */
    DevnetWins(Devnet devnet, Path keys, SecretFile secret) throws Exception {
        this.devnet = devnet;
        this.rands = Recipient.secret(secret.secret());
        this.gateway =
                KeyStore.open(keys.resolve("gateway"), null, keys.resolve("gateway.passphrase"));
    }

    void write(ChainRowsWriter rows, WinningTicket win) throws Exception {
        rows.write(Topics.WINNING_TICKETS, hex(win.getSender()), win);
    }

    static String hex(ByteBuffer bytes) {
        return "0x" + HexFormat.of().formatHex(Bytes.of(bytes));
    }

    /** Of the current round, with parameters that have expired. */
    WinningTicket of(String session, BigInteger faceValue) throws Exception {
        long round = devnet.ask("RoundsManager", "lastInitializedRound()").longValueExact();
        byte[] hash = Words.word(devnet.ask("RoundsManager", "blockHashForRound(uint256)", round));
        EthAddress recipient = EthAddress.parse(devnet.facts().orchestrator());
        BigInteger expires = BigInteger.valueOf(devnet.rpc().blockNumber());
        BigInteger rand =
                rands.rand(
                        new RecipientRands.Bound(
                                session,
                                SEED,
                                gateway.address(),
                                faceValue,
                                ALWAYS,
                                expires,
                                PRICE,
                                round,
                                hash));
        Ticket ticket =
                new Ticket(
                        recipient,
                        gateway.address(),
                        faceValue,
                        ALWAYS,
                        ++nonce,
                        RecipientRands.hash(rand),
                        round,
                        hash);
        return WinningTicket.newBuilder()
                .setTicketHash(ByteBuffer.wrap(ticket.hash()))
                .setSender(ByteBuffer.wrap(gateway.address().bytes()))
                .setRecipient(ByteBuffer.wrap(recipient.bytes()))
                .setFaceValue(Bytes.of(faceValue))
                .setWinProb(Bytes.of(ALWAYS))
                .setSenderNonce(ticket.senderNonce())
                .setRecipientRandHash(ByteBuffer.wrap(ticket.recipientRandHash()))
                .setCreationRound(round)
                .setCreationRoundBlockHash(ByteBuffer.wrap(hash))
                .setSignature(ByteBuffer.wrap(gateway.sign(ticket.hash())))
                .setSessionId(session)
                .setSeed(Bytes.of(SEED))
                .setExpirationBlock(Bytes.of(expires))
                .setPrice(PRICE.toRational())
                .setArrivedAtMs(System.currentTimeMillis())
                .build();
    }
}

package org.livepeer.flink.operators.ticket;

import java.math.BigInteger;
import org.livepeer.flink.operators.money.Fraction;

/**
 * What tickets of a session must look like ({@code pm/recipient.go}, TicketParams). Whoever has the
 * secret derives the rand from them again, so nothing about them is stored.
 *
 * @param recipient who redeems
 * @param faceValue wei
 * @param winProb of 2^256 - 1
 * @param recipientRandHash 32 bytes
 * @param seed up to 32 bytes, as a number
 * @param expirationBlock L1 block from which on they are too old
 * @param price wei per pixel that they are for
 * @param creationRound round of the protocol
 * @param creationRoundBlockHash 32 bytes, of the L1 block of that round
 */
public record TicketParams(
        EthAddress recipient,
        BigInteger faceValue,
        BigInteger winProb,
        byte[] recipientRandHash,
        BigInteger seed,
        BigInteger expirationBlock,
        Fraction price,
        long creationRound,
        byte[] creationRoundBlockHash) {
    /** What the rand of these parameters is bound to. */
    RecipientRands.Bound bound(String session, EthAddress sender) {
        return new RecipientRands.Bound(
                session,
                seed,
                sender,
                faceValue,
                winProb,
                expirationBlock,
                price,
                creationRound,
                creationRoundBlockHash);
    }

    TicketParams withHash(byte[] hash) {
        return new TicketParams(
                recipient,
                faceValue,
                winProb,
                hash,
                seed,
                expirationBlock,
                price,
                creationRound,
                creationRoundBlockHash);
    }

    /** A sender's ticket with these parameters. */
    Ticket ticket(EthAddress sender, long nonce) {
        return new Ticket(
                recipient,
                sender,
                faceValue,
                winProb,
                nonce,
                recipientRandHash,
                creationRound,
                creationRoundBlockHash);
    }
}

package org.livepeer.flink.operators.ticket;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.util.function.LongFunction;
import org.livepeer.flink.operators.hash.Keccak256;
import org.livepeer.flink.operators.money.Fraction;

/**
 * A ticket: it pays faceValue to the recipient when it wins ({@code pm/ticket.go}; the contracts'
 * MTicketBrokerCore).
 *
 * @param faceValue wei
 * @param winProb of 2^256 - 1
 * @param senderNonce 1 and up within one recipientRand
 * @param recipientRandHash 32 bytes
 * @param creationRound round of the protocol, 0 with a hash of zeros for none
 * @param creationRoundBlockHash 32 bytes, of the L1 block of that round
 */
public record Ticket(
        EthAddress recipient,
        EthAddress sender,
        BigInteger faceValue,
        BigInteger winProb,
        long senderNonce,
        byte[] recipientRandHash,
        long creationRound,
        byte[] creationRoundBlockHash) {
    /** Where the nonce ends in what is hashed. */
    private static final int NONCE_END = 136;

    /** What the sender signs. */
    public byte[] hash() {
        return Keccak256.of(packed());
    }

    /** Hashes of tickets that differ from this one in their nonce only. */
    LongFunction<byte[]> hashesByNonce() {
        byte[] packed = packed();
        return nonce -> {
            byte[] word = Words.word(nonce);
            System.arraycopy(word, 0, packed, NONCE_END - word.length, word.length);
            return Keccak256.of(packed);
        };
    }

    private byte[] packed() {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(recipient.bytes());
        all.writeBytes(sender.bytes());
        all.writeBytes(Words.word(faceValue));
        all.writeBytes(Words.word(winProb));
        all.writeBytes(Words.word(senderNonce));
        all.writeBytes(recipientRandHash);
        all.writeBytes(auxData());
        return all.toByteArray();
    }

    /** Round and block hash, 64 bytes; none when both are zero. */
    public byte[] auxData() {
        return auxData(creationRound, creationRoundBlockHash);
    }

    static byte[] auxData(long round, byte[] blockHash) {
        boolean none = round == 0;
        for (byte each : blockHash) {
            none &= each == 0;
        }
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        if (!none) {
            all.writeBytes(Words.word(round));
            all.writeBytes(blockHash);
        }
        return all.toByteArray();
    }

    /** Whether it wins with that signature of the sender. */
    public boolean wins(byte[] signature, BigInteger recipientRand) {
        return winValue(signature, recipientRand).compareTo(winProb) < 0;
    }

    static BigInteger winValue(byte[] signature, BigInteger recipientRand) {
        Keccak256 hash = new Keccak256();
        hash.update(signature, 0, signature.length);
        byte[] rand = Words.word(recipientRand);
        hash.update(rand, 0, rand.length);
        return new BigInteger(1, hash.digest());
    }

    /** What it is worth before anybody knows: face value times probability, wei. */
    public Fraction expectedValue() {
        return expectedValue(faceValue, winProb);
    }

    static Fraction expectedValue(BigInteger faceValue, BigInteger winProb) {
        return new Fraction(faceValue.multiply(winProb), Words.MOST);
    }
}

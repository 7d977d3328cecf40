package org.livepeer.flink.operators.ticket;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.livepeer.flink.operators.hash.Keccak256;
import org.livepeer.flink.operators.money.Fraction;

/**
 * The recipient's secret random number behind a set of ticket parameters: derived from them, never
 * stored ({@code pm/recipient.go}). The session comes first, with its length before it, so that a
 * ticket of one session is none in another; then the lengths of the numbers that follow, which
 * go-livepeer writes one behind the other: without them a sender could move a byte from the winning
 * probability to the face value, and be credited for tickets that its funds do not cover.
 */
public final class RecipientRands {
    private static final String ALGORITHM = "HmacSHA256";

    private final SecretKeySpec key;

    /**
     * @param secret persisted: another one makes all tickets under way worthless
     */
    public RecipientRands(byte[] secret) {
        key = new SecretKeySpec(secret, ALGORITHM);
    }

    /**
     * What a rand is bound to.
     *
     * @param session id of the auth token
     * @param seed up to 32 bytes, as a number
     * @param price quoted, wei per pixel
     */
    public record Bound(
            String session,
            BigInteger seed,
            EthAddress sender,
            BigInteger faceValue,
            BigInteger winProb,
            BigInteger expirationBlock,
            Fraction price,
            long creationRound,
            byte[] creationRoundBlockHash) {}

    /** The number, 0 to 2^256 - 1. Never travels before it is redeemed. */
    public BigInteger rand(Bound to) {
        byte[] session = to.session().getBytes(UTF_8);
        ByteArrayOutputStream input = new ByteArrayOutputStream();
        input.writeBytes(ByteBuffer.allocate(4).putInt(session.length).array());
        input.writeBytes(session);
        for (BigInteger number :
                List.of(
                        to.seed(),
                        to.faceValue(),
                        to.winProb(),
                        to.expirationBlock(),
                        to.price().numerator(),
                        to.price().denominator())) {
            input.writeBytes(ByteBuffer.allocate(4).putInt(Words.shortest(number).length).array());
        }
        writeParams(input, to);
        return rand(input.toByteArray());
    }

    /** go-livepeer's part of the input. */
    static void writeParams(ByteArrayOutputStream input, Bound to) {
        input.writeBytes(Words.shortest(to.seed()));
        input.writeBytes(to.sender().bytes());
        input.writeBytes(Words.shortest(to.faceValue()));
        input.writeBytes(Words.shortest(to.winProb()));
        input.writeBytes(Words.shortest(to.expirationBlock()));
        input.writeBytes(Words.shortest(to.price().numerator()));
        input.writeBytes(Words.shortest(to.price().denominator()));
        input.writeBytes(Ticket.auxData(to.creationRound(), to.creationRoundBlockHash()));
    }

    BigInteger rand(byte[] input) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return new BigInteger(1, mac.doFinal(input));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(ALGORITHM + " is in every Java", e);
        }
    }

    /** What the sender sees of it. */
    public static byte[] hash(BigInteger rand) {
        return Keccak256.of(Words.word(rand));
    }
}

package org.livepeer.flink.operators.auth;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The secret that the processes of one deployment share (from a file, never from a command line).
 * It signs records on {@code control}, {@code workers} and {@code receipts} and calls to workers.
 *
 * <p>A record's MAC is HMAC-SHA256 over the length-prefixed topic, key and value, and travels in
 * the header {@value #MAC_HEADER}. Thread-safe.
 */
public final class ClusterSecret {
    /** Name of the Kafka header that carries a record's MAC, 32 bytes. */
    public static final String MAC_HEADER = "livepeer-mac";

    /** Name of the gRPC metadata key that carries the proof of knowing the secret, in hex. */
    public static final String CALL_HEADER = "livepeer-worker-auth";

    private static final int SHORTEST = 16;
    private final byte[] key;

    /**
     * @param secret at least 16 bytes
     */
    public ClusterSecret(byte[] secret) {
        if (secret.length < SHORTEST) {
            throw new IllegalArgumentException(
                    "the cluster secret has "
                            + secret.length
                            + " bytes, at least "
                            + SHORTEST
                            + " are needed: make one with `openssl rand -hex 32`");
        }
        this.key = secret.clone();
    }

    /** The MAC of a record on a topic, 32 bytes. */
    public byte[] mac(String topic, byte @Nullable [] recordKey, byte[] value) {
        Mac mac = hmac();
        update(mac, topic.getBytes(StandardCharsets.UTF_8));
        update(mac, recordKey == null ? new byte[0] : recordKey);
        update(mac, value);
        return mac.doFinal();
    }

    /**
     * Whether the MAC that came with a record is right. Takes the same time for every wrong one.
     */
    public boolean verifies(
            String topic, byte @Nullable [] recordKey, byte[] value, byte @Nullable [] claimed) {
        return claimed != null && MessageDigest.isEqual(mac(topic, recordKey, value), claimed);
    }

    /** The proof that a caller sends to a worker, in hex: never the secret itself. */
    public String callProof(String workerId) {
        Mac mac = hmac();
        update(mac, "livepeer worker call".getBytes(StandardCharsets.UTF_8));
        update(mac, workerId.getBytes(StandardCharsets.UTF_8));
        return java.util.HexFormat.of().formatHex(mac.doFinal());
    }

    /**
     * A key of its own for one purpose: whoever learns it knows neither the secret nor another key.
     *
     * @param purpose fixed text, different for each purpose
     * @return 32 bytes
     */
    public byte[] derive(String purpose) {
        Mac mac = hmac();
        update(mac, "livepeer derived key".getBytes(StandardCharsets.UTF_8));
        update(mac, purpose.getBytes(StandardCharsets.UTF_8));
        return mac.doFinal();
    }

    private Mac hmac() {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("HmacSHA256 is in every Java", e);
        }
    }

    private static void update(Mac mac, byte[] part) {
        mac.update(ByteBuffer.allocate(4).putInt(part.length).flip());
        mac.update(part);
    }

    /** Never shows the secret. */
    @Override
    public String toString() {
        return "ClusterSecret[hidden]";
    }
}

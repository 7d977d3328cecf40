package org.livepeer.flink.operators.auth;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.livepeer.flink.schemas.SegmentStamp;

/**
 * Seals what an edge vouches for about a segment: who writes to {@code segments} without the
 * cluster's secret can neither make a stamp nor put one on another segment. Thread-safe.
 */
public final class StampSeal {
    private static final String PURPOSE = "livepeer segment stamp";
    private static final String ALGORITHM = "HmacSHA256";

    private final byte[] key;

    public StampSeal(ClusterSecret secret) {
        this.key = secret.derive(PURPOSE);
    }

    /**
     * Puts the seal on.
     *
     * @param contentHash SHA-256 of the media
     */
    public SegmentStamp seal(
            SegmentStamp stamp, String manifestId, long seq, ByteBuffer contentHash) {
        stamp.setMac(ByteBuffer.wrap(mac(stamp, manifestId, seq, contentHash)));
        return stamp;
    }

    /** Whether the seal is this cluster's, and for that segment. */
    public boolean holds(SegmentStamp stamp, String manifestId, long seq, ByteBuffer contentHash) {
        return MessageDigest.isEqual(
                mac(stamp, manifestId, seq, contentHash), bytes(stamp.getMac()));
    }

    private byte[] mac(SegmentStamp stamp, String manifestId, long seq, ByteBuffer contentHash) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key, ALGORITHM));
            for (String text : new String[] {stamp.getAccount(), stamp.getOwner()}) {
                part(mac, text.getBytes(UTF_8));
            }
            part(mac, bytes(stamp.getPrice().getNumerator()));
            part(mac, bytes(stamp.getPrice().getDenominator()));
            part(mac, stamp.getPaymentId().getBytes(UTF_8));
            part(mac, manifestId.getBytes(UTF_8));
            part(mac, bytes(contentHash));
            mac.update(ByteBuffer.allocate(16).putLong(stamp.getArrivedAtMs()).putLong(seq).flip());
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(ALGORITHM + " is in every Java", e);
        }
    }

    private static void part(Mac mac, byte[] bytes) {
        mac.update(ByteBuffer.allocate(4).putInt(bytes.length).flip());
        mac.update(bytes);
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }
}

package org.livepeer.flink.operators.auth;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.livepeer.flink.operators.segment.RequestIds;
import org.livepeer.flink.operators.ticket.Bytes;
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
     * @param contentId {@link RequestIds} of the segment for no account
     * @param durationMs of the segment
     */
    public SegmentStamp seal(SegmentStamp stamp, String contentId, long durationMs) {
        stamp.setMac(ByteBuffer.wrap(mac(stamp, contentId, durationMs)));
        return stamp;
    }

    /** Whether the seal is this cluster's, and for that segment. */
    public boolean holds(SegmentStamp stamp, String contentId, long durationMs) {
        return MessageDigest.isEqual(mac(stamp, contentId, durationMs), Bytes.of(stamp.getMac()));
    }

    private byte[] mac(SegmentStamp stamp, String contentId, long durationMs) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key, ALGORITHM));
            part(mac, stamp.getAccount().getBytes(UTF_8));
            part(mac, stamp.getOwner().getBytes(UTF_8));
            part(mac, Bytes.of(stamp.getPrice().getNumerator()));
            part(mac, Bytes.of(stamp.getPrice().getDenominator()));
            part(mac, stamp.getPaymentId().getBytes(UTF_8));
            part(mac, contentId.getBytes(UTF_8));
            mac.update(
                    ByteBuffer.allocate(16)
                            .putLong(stamp.getArrivedAtMs())
                            .putLong(durationMs)
                            .flip());
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(ALGORITHM + " is in every Java", e);
        }
    }

    private static void part(Mac mac, byte[] bytes) {
        mac.update(ByteBuffer.allocate(4).putInt(bytes.length).flip());
        mac.update(bytes);
    }
}

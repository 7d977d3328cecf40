package org.livepeer.flink.operators.segment;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.schemas.Clip;
import org.livepeer.flink.schemas.Profile;

/**
 * The idempotency key of a segment: SHA-256 over account, manifest, number, content hash, profiles
 * and clip, each part length-prefixed. The text form of a profile is fixed for ever: ids must stay
 * the same across upgrades.
 */
public final class RequestIds {
    private RequestIds() {}

    /** 64 hex digits. */
    public static String of(
            String account,
            String manifestId,
            long seq,
            ByteBuffer contentHash,
            List<Profile> profiles,
            @Nullable Clip clip,
            boolean perceptualHash) {
        MessageDigest digest = sha256();
        part(digest, account.getBytes(StandardCharsets.UTF_8));
        part(digest, manifestId.getBytes(StandardCharsets.UTF_8));
        part(digest, ByteBuffer.allocate(8).putLong(seq).array());
        byte[] hash = new byte[contentHash.remaining()];
        contentHash.duplicate().get(hash);
        part(digest, hash);
        for (Profile p : profiles) {
            String text =
                    String.join(
                            "|",
                            p.getName(),
                            Integer.toString(p.getWidth()),
                            Integer.toString(p.getHeight()),
                            Integer.toString(p.getBitrate()),
                            Integer.toString(p.getFps()),
                            Integer.toString(p.getFpsDen()),
                            Long.toString(p.getGopMs()),
                            p.getProfile().name(),
                            p.getCodec().name(),
                            p.getFormat().name(),
                            Integer.toString(p.getQuality()));
            part(digest, text.getBytes(StandardCharsets.UTF_8));
        }
        if (clip != null) {
            part(
                    digest,
                    ("clip|" + clip.getFromMs() + "|" + clip.getToMs())
                            .getBytes(StandardCharsets.UTF_8));
        }
        if (perceptualHash) {
            part(digest, "perceptual-hash".getBytes(StandardCharsets.UTF_8));
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** A fresh SHA-256. */
    public static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is in every Java", e);
        }
    }

    private static void part(MessageDigest digest, byte[] bytes) {
        digest.update(ByteBuffer.allocate(4).putInt(bytes.length).flip());
        digest.update(bytes);
    }
}

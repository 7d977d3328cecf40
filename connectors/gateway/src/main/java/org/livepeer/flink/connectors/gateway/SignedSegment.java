package org.livepeer.flink.connectors.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.livepeer.flink.operators.hash.Keccak256;
import org.livepeer.flink.operators.ticket.Words;
import org.livepeer.flink.operators.wire.WireSegments;
import org.livepeer.flink.schemas.Profile;
import org.livepeer.flink.schemas.net.AuthToken;
import org.livepeer.flink.schemas.net.SegData;
import org.livepeer.flink.schemas.net.VideoProfile;

/** The header {@code Livepeer-Segment} ({@code core/streamdata.go}). */
public final class SignedSegment {
    private SignedSegment() {}

    /** What a segment is, without a signature. */
    public static SegData.Builder of(
            String manifest,
            long seq,
            byte[] media,
            int durationMs,
            List<Profile> ladder,
            AuthToken token) {
        return WireSegments.of(ladder, null)
                .setManifestId(ByteString.copyFromUtf8(manifest))
                .setSeq(seq)
                .setHash(ByteString.copyFrom(Keccak256.of(media)))
                .setProfiles(ByteString.copyFromUtf8("invalid"))
                .setDuration(durationMs)
                .setAuthToken(token)
                .setCapabilities(WireSegments.needs(ladder, false));
    }

    /** Signed by the payer. */
    public static SegData.Builder signed(SegData.Builder segment, TicketPurse payer) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(segment.getManifestId().toByteArray());
        all.writeBytes(Words.word(BigInteger.valueOf(segment.getSeq())));
        all.writeBytes(segment.getHash().toByteArray());
        Stream.of(
                        segment.getFullProfilesList(),
                        segment.getFullProfiles2List(),
                        segment.getFullProfiles3List())
                .flatMap(List::stream)
                .map(SignedSegment::mark)
                .forEach(all::writeBytes);
        return segment.setSig(ByteString.copyFrom(payer.nodeSignature(all.toByteArray())));
    }

    /** Eight hex digits that stand for a profile's name. */
    private static byte[] mark(VideoProfile profile) {
        byte[] name = Keccak256.of(profile.getName().getBytes(UTF_8));
        return HexFormat.of().formatHex(name, 0, 4).getBytes(UTF_8);
    }
}

package org.livepeer.flink.connectors.transcoder.remote;

import com.linecorp.armeria.common.HttpData;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.livepeer.flink.operators.transcode.Transcoded;
import org.livepeer.flink.schemas.OutputFormat;
import org.livepeer.flink.schemas.Rendition;

/**
 * Renditions as {@code multipart/mixed}, byte for byte as go-livepeer writes them: one part for
 * each rendition in the order of the profiles, behind it one for its perceptual hash when that was
 * asked for; the headers of a part sorted by name; only renditions have {@code Pixels}. The media
 * are not copied.
 */
final class MultipartBody {
    private static final SecureRandom RANDOM = new SecureRandom();

    private final String boundary;
    private final List<HttpData> pieces = new ArrayList<>();

    private MultipartBody(String boundary) {
        this.boundary = boundary;
    }

    /** With a boundary of 20 random hexadecimal digits. */
    static MultipartBody of(Transcoded transcoded, boolean perceptualHash) {
        byte[] random = new byte[10];
        RANDOM.nextBytes(random);
        return of(transcoded, perceptualHash, HexFormat.of().formatHex(random));
    }

    static MultipartBody of(Transcoded transcoded, boolean perceptualHash, String boundary) {
        MultipartBody body = new MultipartBody(boundary);
        for (Rendition rendition : transcoded.renditions()) {
            body.part(
                    contentType(rendition.getFormat()),
                    "Pixels: " + rendition.getPixels() + "\r\n",
                    rendition.getPayload());
            if (perceptualHash) {
                ByteBuffer hash = rendition.getPerceptualHash();
                body.part(
                        "application/octet-stream",
                        "",
                        hash == null ? ByteBuffer.allocate(0) : hash);
            }
        }
        body.text((body.pieces.isEmpty() ? "--" : "\r\n--") + boundary + "--\r\n");
        return body;
    }

    private static String contentType(OutputFormat format) {
        return format == OutputFormat.MP4 ? "video/mp4" : "video/mp2t";
    }

    private void part(String type, String pixels, ByteBuffer content) {
        text(
                (pieces.isEmpty() ? "--" : "\r\n--")
                        + boundary
                        + "\r\nContent-Length: "
                        + content.remaining()
                        + "\r\nContent-Type: "
                        + type
                        + "\r\n"
                        + pixels
                        + "\r\n");
        pieces.add(wrap(content));
    }

    private static HttpData wrap(ByteBuffer content) {
        if (content.hasArray()) {
            return HttpData.wrap(
                    content.array(),
                    content.arrayOffset() + content.position(),
                    content.remaining());
        }
        byte[] copy = new byte[content.remaining()];
        content.duplicate().get(copy);
        return HttpData.wrap(copy);
    }

    private void text(String text) {
        pieces.add(HttpData.ofUtf8(text));
    }

    String contentType() {
        return "multipart/mixed; boundary=" + boundary;
    }

    /** The bytes, one piece behind the other. */
    List<HttpData> pieces() {
        return pieces;
    }
}

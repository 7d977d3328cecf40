package org.livepeer.flink.connectors.transcoder.remote;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.livepeer.flink.operators.transcode.Transcoded;
import org.livepeer.flink.schemas.OutputFormat;
import org.livepeer.flink.schemas.Rendition;

/** The bytes that go-livepeer's transcoder posts for the same renditions. */
class MultipartBodyParityTest {
    private static final String BOUNDARY = "9259515bf7025a291b00";
    private static final String BODY =
            "2d2d39323539353135626637303235613239316230300d0a436f6e74656e742d4c656e6774683a2034310d0a"
                    + "436f6e74656e742d547970653a20766964656f2f6d7032740d0a506978656c733a20363133343430300d0a0d"
                    + "0a47414141414141414141414141414141414141414141414141414141414141414141414141414141410d0a"
                    + "2d2d39323539353135626637303235613239316230300d0a436f6e74656e742d4c656e6774683a20330d0a43"
                    + "6f6e74656e742d547970653a206170706c69636174696f6e2f6f637465742d73747265616d0d0a0d0a010203"
                    + "0d0a2d2d39323539353135626637303235613239316230300d0a436f6e74656e742d4c656e6774683a203431"
                    + "0d0a436f6e74656e742d547970653a20766964656f2f6d7032740d0a506978656c733a203133383234303030"
                    + "0d0a0d0a47424242424242424242424242424242424242424242424242424242424242424242424242424242"
                    + "420d0a2d2d39323539353135626637303235613239316230300d0a436f6e74656e742d4c656e6774683a2033"
                    + "0d0a436f6e74656e742d547970653a206170706c69636174696f6e2f6f637465742d73747265616d0d0a0d0a"
                    + "0405060d0a2d2d39323539353135626637303235613239316230302d2d0d0a";

    private static Rendition rendition(
            char filling, long pixels, OutputFormat format, int... hash) {
        byte[] media = ("G" + String.valueOf(filling).repeat(40)).getBytes();
        byte[] signature = new byte[hash.length];
        for (int i = 0; i < hash.length; i++) {
            signature[i] = (byte) hash[i];
        }
        return Rendition.newBuilder()
                .setName("r")
                .setWidth(1)
                .setHeight(1)
                .setFrames(1)
                .setPixels(pixels)
                .setBitrate(1)
                .setFormat(format)
                .setPerceptualHash(hash.length == 0 ? null : ByteBuffer.wrap(signature))
                .setPayload(ByteBuffer.wrap(media))
                .build();
    }

    private static byte[] bytes(MultipartBody body) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        body.pieces().forEach(piece -> out.writeBytes(piece.array()));
        return out.toByteArray();
    }

    @Test
    void renditionsWithTheirHashes() {
        // Given
        Transcoded transcoded =
                new Transcoded(
                        List.of(
                                rendition('A', 6134400, OutputFormat.MPEGTS, 1, 2, 3),
                                rendition('B', 13824000, OutputFormat.MPEGTS, 4, 5, 6)),
                        1);

        // When
        MultipartBody body = MultipartBody.of(transcoded, true, BOUNDARY);

        // Then
        assertThat(HexFormat.of().formatHex(bytes(body))).isEqualTo(BODY);
        assertThat(body.contentType()).isEqualTo("multipart/mixed; boundary=" + BOUNDARY);
    }

    @Test
    void hashesThatWereNotAskedForAreLeftOut() {
        // Given
        Transcoded transcoded =
                new Transcoded(List.of(rendition('A', 7, OutputFormat.MP4, 1, 2, 3)), 1);

        // When
        String text = new String(bytes(MultipartBody.of(transcoded, false, "b")));

        // Then
        assertThat(text)
                .isEqualTo(
                        "--b\r\nContent-Length: 41\r\nContent-Type: video/mp4\r\nPixels: 7\r\n\r\nG"
                                + "A".repeat(40)
                                + "\r\n--b--\r\n");
    }

    @Test
    void aHashThatIsMissingIsAnEmptyPart() {
        // Given
        Transcoded transcoded = new Transcoded(List.of(rendition('A', 7, OutputFormat.MPEGTS)), 1);

        // When
        String text = new String(bytes(MultipartBody.of(transcoded, true, "b")));

        // Then
        assertThat(text)
                .endsWith(
                        "\r\n--b\r\nContent-Length: 0\r\n"
                                + "Content-Type: application/octet-stream\r\n\r\n\r\n--b--\r\n");
    }

    @Test
    void eachBodyHasABoundaryOfItsOwn() {
        // Given
        Transcoded transcoded = new Transcoded(List.of(rendition('A', 7, OutputFormat.MPEGTS)), 1);

        // When
        List<String> types = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            types.add(MultipartBody.of(transcoded, false).contentType());
        }

        // Then
        assertThat(types)
                .doesNotHaveDuplicates()
                .allMatch(type -> type.matches("multipart/mixed; boundary=[0-9a-f]{20}"));
    }
}

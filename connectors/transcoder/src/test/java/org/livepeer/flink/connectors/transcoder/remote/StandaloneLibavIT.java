package org.livepeer.flink.connectors.transcoder.remote;

import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.common.SessionProtocol;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.livepeer.flink.connectors.transcoder.child.LibavOptions;
import org.livepeer.flink.connectors.transcoder.child.LibavTranscoder;
import org.livepeer.flink.connectors.transcoder.engine.Decoded;
import org.livepeer.flink.connectors.transcoder.engine.Jobs;
import org.livepeer.flink.connectors.transcoder.media.Oddities;
import org.livepeer.flink.connectors.transcoder.media.SyntheticOptions;
import org.livepeer.flink.connectors.transcoder.remote.OrchestratorDouble.Post;
import org.livepeer.flink.connectors.transcoder.remote.OrchestratorDouble.Stay;
import org.livepeer.flink.connectors.transcoder.remote.Parts.Part;
import org.livepeer.flink.operators.transcode.TranscodeException;
import org.livepeer.flink.operators.transcode.TranscodeJob;
import org.livepeer.flink.operators.transcode.Transcoded;
import org.livepeer.flink.operators.transcode.Transcoder;
import org.livepeer.flink.schemas.net.VideoProfile;

/** Real media through a real engine, from an orchestrator and back to it. */
@Timeout(60)
class StandaloneLibavIT extends StandaloneFixture {
    private static byte[] source;
    private static LibavTranscoder libav;

    @BeforeAll
    static void startEngine(@TempDir Path dir) {
        source = Jobs.segment(SyntheticOptions.of(320, 180, 30).withSegmentMs(500));
        libav = new LibavTranscoder(LibavOptions.defaults(1, dir).withPreset("ultrafast"));
    }

    @AfterAll
    static void stopEngine() {
        libav.close();
    }

    /** The engine outlives the transcoder of one test. */
    private Stay registered() throws Exception {
        start(
                new Transcoder() {
                    @Override
                    public Transcoded transcode(TranscodeJob job)
                            throws TranscodeException, InterruptedException {
                        return libav.transcode(job);
                    }

                    @Override
                    public void close() {}
                });
        return orchestrator.stay();
    }

    private String failure(byte[] media) throws Exception {
        Stay stay = registered();
        orchestrator.sources.put("bad", media);
        stay.send(segment(3, "bad", profile(160, 90)));
        Post post = orchestrator.post();
        assertThat(post.headers().get("content-type")).isEqualTo("livepeer/transcoding-error");
        assertThat(post.headers().get("pixels")).isEqualTo("0");
        return post.text();
    }

    @Test
    void renditionsAreHandedInInOrderWithTheirPixels() throws Exception {
        // Given
        Stay stay = registered();
        orchestrator.sources.put("good", source);
        var message =
                segment(
                        742,
                        "good",
                        profile(160, 90),
                        profile(192, 108).setFormat(VideoProfile.Format.MP4));
        message.getSegDataBuilder().setCalcPerceptualHash(true);

        // When
        stay.send(message);
        Post post = orchestrator.post();

        // Then
        assertThat(post.protocol()).isEqualTo(SessionProtocol.H2);
        assertThat(orchestrator.downloads.take()).isEqualTo(SessionProtocol.H1);
        assertThat(post.headers().get("authorization")).isEqualTo("Livepeer-Transcoder-1.0");
        assertThat(post.headers().get("credentials")).isEqualTo(SECRET);
        assertThat(post.headers().get("taskid")).isEqualTo("742");
        assertThat(post.headers().get("pixels")).isEqualTo(Long.toString(320L * 180 * 15));
        List<Part> parts = Parts.of(post);
        assertThat(parts)
                .extracting(part -> part.headers().get("Content-Type"))
                .containsExactly(
                        "video/mp2t",
                        "application/octet-stream",
                        "video/mp4",
                        "application/octet-stream");
        for (int i : new int[] {0, 2}) {
            Map<String, String> headers = parts.get(i).headers();
            assertThat(headers.keySet())
                    .containsExactly("Content-Length", "Content-Type", "Pixels");
            assertThat(headers.get("Pixels"))
                    .isEqualTo(Long.toString(Decoded.of(parts.get(i).body()).pixels()));
            assertThat(parts.get(i + 1).headers().keySet())
                    .containsExactly("Content-Length", "Content-Type");
            assertThat(parts.get(i + 1).body().length).isGreaterThan(500);
        }
    }

    @Test
    void onlyTheClipIsMade() throws Exception {
        // Given
        Stay stay = registered();
        orchestrator.sources.put("good", source);
        var message = segment(1, "good", profile(160, 90));
        message.getSegDataBuilder().getSegmentParametersBuilder().setFrom(100).setTo(300);

        // When
        stay.send(message);

        // Then
        Part part = Parts.of(orchestrator.post()).get(0);
        assertThat(Decoded.of(part.body()).frames()).hasSize(6);
    }

    @Test
    void noMediaAtAll() throws Exception {
        byte[] text = new byte[5000];
        Arrays.fill(text, (byte) 'x');

        assertThat(failure(text)).isEqualTo("TranscoderInvalidVideo");
    }

    @Test
    void nothing() throws Exception {
        assertThat(failure(new byte[0])).isEqualTo("TranscoderInvalidVideo");
    }

    @Test
    void soundOnly() throws Exception {
        assertThat(failure(Oddities.audioOnly())).isEqualTo("TranscoderInvalidVideo");
    }

    @Test
    void noKeyFrame() throws Exception {
        assertThat(failure(Oddities.withoutKeyFrames(source))).isEqualTo("No keyframes in input");
    }

    @Test
    void aGapThatWouldHaveToBeFilled() throws Exception {
        byte[] gap = Oddities.joined(250, source, source);
        Stay stay = registered();
        orchestrator.sources.put("gap", gap);

        stay.send(segment(3, "gap", profile(160, 90).setFps(30)));

        assertThat(orchestrator.post().text()).isEqualTo("Encoded frames runaway");
    }

    @Test
    void noSource() throws Exception {
        Stay stay = registered();

        stay.send(segment(3, "not there", profile(160, 90)));
        stay.send(segment(4, "x", profile(160, 90)).setUrl("file:///etc/passwd"));

        assertThat(List.of(orchestrator.post().text(), orchestrator.post().text()))
                .containsExactlyInAnyOrder(
                        "the source's address is no URL",
                        "the source's address must be an http or https URL with a host");
        stay.send(segment(5, "missing", profile(160, 90)));
        assertThat(orchestrator.post().text()).isEqualTo("the source answers with status 404");
    }
}

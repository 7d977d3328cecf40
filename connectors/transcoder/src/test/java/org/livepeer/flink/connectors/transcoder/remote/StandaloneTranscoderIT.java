package org.livepeer.flink.connectors.transcoder.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.linecorp.armeria.common.HttpStatus;
import java.nio.file.Files;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.livepeer.flink.connectors.transcoder.remote.OrchestratorDouble.Post;
import org.livepeer.flink.connectors.transcoder.remote.OrchestratorDouble.Stay;
import org.livepeer.flink.operators.transcode.TranscodeJob;

/** How a transcoder behaves towards its orchestrator, whatever the engine makes. */
@Timeout(60)
class StandaloneTranscoderIT extends StandaloneFixture {
    private final HeldEngine engine = new HeldEngine();

    private Stay registered() throws Exception {
        orchestrator.sources.put("a", "source".getBytes());
        start(engine);
        return orchestrator.stay();
    }

    @Test
    void registersWithSecretCapacityAndCapabilities() throws Exception {
        Stay stay = registered();

        assertThat(stay.request.getSecret()).isEqualTo(SECRET);
        assertThat(stay.request.getCapacity()).isEqualTo(2);
        assertThat(stay.request.getCapabilities().getBitstringList()).containsExactly(67133439L);
        assertThat(stay.request.getCapabilities().getVersion()).isEqualTo("0.9.1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"invalid secret", "zero capacity"})
    void aRefusalIsFinal(String refusal) throws Exception {
        // Given
        orchestrator.refusal = refusal;

        // When
        StandaloneTranscoder transcoder = start(engine);

        // Then
        assertThatThrownBy(() -> transcoder.ended().get(10, TimeUnit.SECONDS))
                .hasMessageContaining("refuses this transcoder: " + refusal)
                .hasMessageNotContaining(SECRET);
        assertThat(transcoder.isRegistered()).isFalse();
    }

    /** OK, CANCELLED, UNKNOWN, UNAVAILABLE. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 14})
    void registersAgainHoweverTheCallEnded(int status) throws Exception {
        Stay first = registered();

        first.end(status);

        assertThat(orchestrator.stay().request).isEqualTo(first.request);
    }

    @Test
    void findsAnOrchestratorThatWasStartedAgain() throws Exception {
        // Given
        OrchestratorDouble first = new OrchestratorDouble();
        int port = first.port();
        start(engine, OrchestratorTrust.any(), port);
        first.stay();

        // When
        first.close();

        // Then
        try (OrchestratorDouble again = new OrchestratorDouble(port)) {
            assertThat(again.stay().request.getSecret()).isEqualTo(SECRET);
        }
    }

    @Test
    void worksOnWhenResultsAreNotTaken() throws Exception {
        // Given
        Stay stay = registered();
        engine.let.release(3);

        for (HttpStatus status :
                new HttpStatus[] {
                    HttpStatus.UNAUTHORIZED, HttpStatus.INTERNAL_SERVER_ERROR, HttpStatus.OK
                }) {
            // When
            orchestrator.answer = status;
            stay.send(segment(status.code(), "a", profile(160, 90)));

            // Then
            assertThat(orchestrator.post().headers().get("taskid"))
                    .isEqualTo(Integer.toString(status.code()));
        }
        assertThat(stay.isOpen()).isTrue();
    }

    @Test
    void letsGoOfASessionWhenItEnds() throws Exception {
        // Given
        Stay stay = registered();
        engine.let.release(2);
        stay.send(segment(1, "a", profile(160, 90)));
        orchestrator.post();

        // When
        stay.send(teardown("a session that nobody knows"));
        stay.send(teardown("session"));
        stay.send(segment(2, "a", profile(160, 90)));
        orchestrator.post();

        // Then
        assertThat(engine.endedSessions).containsExactly("session");
        assertThat(engine.jobs).extracting(TranscodeJob::sessionId).containsOnly("session");
        assertThat(engine.jobs).extracting(TranscodeJob::ordinal).containsExactly(0L, 0L);
    }

    @Test
    void drainsRunningSegmentsWhenItIsClosed() throws Exception {
        // Given
        orchestrator.sources.put("a", "source".getBytes());
        StandaloneTranscoder transcoder = start(engine);
        Stay stay = orchestrator.stay();
        stay.send(segment(7, "a", profile(160, 90)));
        assertThat(engine.begun.tryAcquire(10, TimeUnit.SECONDS)).isTrue();

        // When
        Thread closing = new Thread(transcoder::close);
        closing.start();

        // Then
        assertThat(stay.isLeft()).isTrue();
        assertThat(orchestrator.posts).isEmpty();
        engine.let.release();
        Post post = orchestrator.post();
        assertThat(post.headers().get("taskid")).isEqualTo("7");
        assertThat(post.headers().get("content-type")).startsWith("multipart/mixed; boundary=");
        closing.join(10_000);
        assertThat(closing.isAlive()).isFalse();
        assertThat(orchestrator.stays).isEmpty();
        assertThat(Files.list(directory.resolve("sources"))).isEmpty();
    }

    @Test
    void handsRunningSegmentsInBeforeItRegistersAgain() throws Exception {
        // Given
        Stay stay = registered();
        stay.send(segment(7, "a", profile(160, 90)));
        assertThat(engine.begun.tryAcquire(10, TimeUnit.SECONDS)).isTrue();

        // When
        stay.end(0);

        // Then
        assertThat(orchestrator.stays.poll(1500, TimeUnit.MILLISECONDS)).isNull();
        engine.let.release();
        assertThat(orchestrator.post().headers().get("taskid")).isEqualTo("7");
        assertThat(orchestrator.stay().request).isEqualTo(stay.request);
        assertThat(engine.endedSessions).containsExactly("session");
    }

    @Test
    void refusesWhatItCannotDo() throws Exception {
        // Given
        Stay stay = registered();

        // When
        stay.send(segment(1, "a", profile(0, 90)));
        Post post = orchestrator.post();

        // Then
        assertThat(post.text()).isEqualTo("TranscoderInvalidResolution");
        assertThat(post.headers().get("content-type")).isEqualTo("livepeer/transcoding-error");
        assertThat(post.headers().get("pixels")).isEqualTo("0");
    }

    @Test
    void refusesMoreThanItCanKeep() throws Exception {
        // Given
        Stay stay = registered();

        // When: two run, eight wait
        for (int task = 0; task < 11; task++) {
            stay.send(segment(task, "a", profile(160, 90)));
        }

        // Then
        Post post = orchestrator.post();
        assertThat(post.text()).startsWith("TranscoderBusy");
        assertThat(post.headers().get("taskid")).isEqualTo("10");
        engine.let.release(10);
        for (int i = 0; i < 10; i++) {
            assertThat(orchestrator.post().headers().get("content-type")).startsWith("multipart/");
        }
    }

    @Test
    void aCertificateThatIsExpectedIsTakenForEveryCall() throws Exception {
        // Given
        orchestrator.sources.put("a", "source".getBytes());
        engine.let.release();

        // When
        start(engine, OrchestratorTrust.pinned(Nameless.pem()));
        orchestrator.stay().send(segment(1, "a", profile(160, 90)));

        // Then
        assertThat(orchestrator.post().headers().get("content-type")).startsWith("multipart/");
    }

    @Test
    void aFileWithoutACertificateIsNamed() {
        assertThatThrownBy(() -> OrchestratorTrust.pinned(directory.resolve("none")))
                .hasMessageContaining("there is no file");
        assertThatThrownBy(
                        () ->
                                OrchestratorTrust.pinned(
                                        Nameless.pem().resolveSibling("nameless.key")))
                .hasMessageContaining("has no certificate");
    }

    @Test
    void aStrangersCertificateIsNotTakenWhenItIsLookedAt() throws Exception {
        // When
        StandaloneTranscoder transcoder = start(engine, OrchestratorTrust.system());

        // Then
        assertThat(orchestrator.stays.poll(2, TimeUnit.SECONDS)).isNull();
        assertThat(transcoder.ended()).isNotDone();
    }
}

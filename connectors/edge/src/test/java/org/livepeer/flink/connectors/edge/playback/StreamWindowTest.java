package org.livepeer.flink.connectors.edge.playback;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.livepeer.flink.connectors.edge.playback.Arrival.RenditionArrived;
import org.livepeer.flink.connectors.edge.playback.Arrival.SegmentFailed;

class StreamWindowTest {
    private static final ManifestId MANIFEST = new ManifestId("cam");
    private static final Picture PICTURE =
            new Picture(640, 360, 600_000, "avc1.64001e", 30, Container.MPEG_TS);

    private final List<Content> discarded = new ArrayList<>();
    private final StreamWindow window = new StreamWindow(WindowRules.DEFAULT, discarded::add);
    private long now = 1_000_000;
    private long start = TransportStart.UNKNOWN;

    @Test
    void publishesTheContiguousPrefixOnly() {
        // Given a stream whose segment 1 is still missing
        whole(0);
        whole(2);
        whole(3);

        // Then only what runs on without a hole is shown
        assertThat(shown()).containsExactly(0L);

        // When it comes
        whole(1);

        // Then everything is shown, in order and without a break
        assertThat(shown()).containsExactly(0L, 1L, 2L, 3L);
        assertThat(view().segments()).noneMatch(PublishedSegment::discontinuity);
    }

    @Test
    void aSegmentWaitsForAllItsRenditions() {
        rendition(0, "low", 2);
        assertThat(window.view()).isEmpty();

        rendition(0, "high", 2);

        assertThat(shown()).containsExactly(0L);
        assertThat(view().renditions()).hasSize(2);
    }

    @Test
    void repeatedAnswersChangeNothing() {
        whole(0);
        whole(1);
        WindowView before = view();

        whole(0);
        whole(1);

        assertThat(view()).isEqualTo(before);
        assertThat(window.tally.counts().repeated()).isEqualTo(4);
        assertThat(discarded).as("the repeated media is given up").hasSize(4);
    }

    @Test
    void aFailedSegmentIsPassedOverAtOnce() {
        whole(0);
        failed(1);
        assertThat(shown()).containsExactly(0L);

        whole(2);

        assertThat(shown()).containsExactly(0L, 2L);
        assertThat(view().segments().get(1).discontinuity()).isTrue();
        assertThat(view().segments().get(1).index())
                .as("media sequence numbers have no hole")
                .isEqualTo(1);
        assertThat(window.tally.counts().failed()).isEqualTo(1);
    }

    @Test
    void aSegmentThatFailedAndThenCameIsPlayed() {
        whole(0);
        failed(1);
        whole(1);
        whole(2);

        assertThat(shown()).containsExactly(0L, 1L, 2L);
        assertThat(view().segments()).noneMatch(PublishedSegment::discontinuity);
    }

    @Test
    void aLostSegmentIsPassedOverAfterTheTimeOutAndNotBefore() {
        whole(0);
        whole(2);

        pass(WindowRules.DEFAULT.gapAfter().toMillis() - 1);
        assertThat(shown()).containsExactly(0L);

        pass(1);
        assertThat(shown()).containsExactly(0L, 2L);
        assertThat(view().segments().get(1).discontinuity()).isTrue();
    }

    @Test
    void oneLostSegmentNeverStopsPlayback() {
        for (long seq = 0; seq < 20; seq++) {
            if (seq != 5) {
                whole(seq);
            }
            pass(2_000);
        }

        assertThat(shown()).startsWith(0L, 1L, 2L, 3L, 4L, 6L, 7L).endsWith(19L);
        assertThat(view().segments()).filteredOn(PublishedSegment::discontinuity).hasSize(1);
    }

    /** Two edges number a stream alike, also when one has read it again at once. */
    @Test
    void whoReadsItLaterPassesOverTheSame() {
        whole(0);
        whole(2);
        // No clock ticks between these records, as when a topic is read from its beginning.
        now += WindowRules.DEFAULT.gapAfter().toMillis() + 1;
        whole(1);

        assertThat(shown()).containsExactly(0L, 2L);
    }

    @Test
    void aSegmentAfterItsGapIsTooLate() {
        whole(0);
        whole(2);
        pass(6_000);
        whole(3);

        whole(1);

        assertThat(shown()).containsExactly(0L, 2L, 3L);
        assertThat(window.tally.counts().late()).isEqualTo(2);
    }

    @Test
    void aLostRenditionHoldsUpNobodyForLong() {
        whole(0);
        rendition(1, "low", 2);
        whole(2);
        assertThat(shown()).containsExactly(0L);

        pass(5_000);

        assertThat(shown()).containsExactly(0L, 1L, 2L);
        assertThat(view().segments().get(1).pieces()).hasSize(1);
        assertThat(view().segments().get(1).discontinuity()).isFalse();
    }

    @Test
    void aStreamThatIsJoinedMidwayBeginsWithItsLowestSegment() {
        whole(41);
        assertThat(window.view()).as("40 may still come").isEmpty();

        whole(40);
        whole(42);

        assertThat(shown()).containsExactly(40L, 41L, 42L);
    }

    @Test
    void aSingleSegmentMidwayIsShownAfterASecond() {
        whole(41);

        pass(1_000);

        assertThat(shown()).containsExactly(41L);
    }

    @Test
    void withoutACountTheUsualRenditionsMakeASegmentWhole() {
        rendition(0, "low", 0);
        rendition(0, "high", 0);
        pass(1_000);
        assertThat(shown()).containsExactly(0L);

        rendition(1, "low", 0);
        assertThat(shown()).containsExactly(0L);
        rendition(1, "high", 0);
        assertThat(shown()).containsExactly(0L, 1L);
    }

    @Test
    void theWindowShowsAMinuteAndKeepsTwo() {
        for (long seq = 0; seq < 100; seq++) {
            whole(seq);
        }

        assertThat(view().segments()).hasSize(30);
        assertThat(view().segments().get(0).index()).isEqualTo(70);
        assertThat(window.piece(40, new RenditionName("low"))).isPresent();
        assertThat(window.piece(39, new RenditionName("low"))).isEmpty();
        assertThat(discarded).hasSize(2 * 40);
    }

    @Test
    void longSegmentsKeepAtLeastSixInTheWindow() {
        for (long seq = 0; seq < 10; seq++) {
            add(seq, "low", 1, 30_000, PICTURE);
        }

        assertThat(view().segments()).hasSize(6);
    }

    @Test
    void theTargetDurationIsRoundedAndNeverShrinks() {
        add(0, "low", 1, 2_001, PICTURE);
        assertThat(view().targetSeconds()).isEqualTo(2);

        add(1, "low", 1, 4_500, PICTURE);
        assertThat(view().targetSeconds()).isEqualTo(5);

        for (long seq = 2; seq < 100; seq++) {
            add(seq, "low", 1, 2_000, PICTURE);
        }
        assertThat(view().targetSeconds()).isEqualTo(5);
    }

    @Test
    void anotherPictureIsADiscontinuity() {
        add(0, "low", 1, 2_000, PICTURE);
        add(1, "low", 1, 2_000, PICTURE);
        add(
                2,
                "low",
                1,
                2_000,
                new Picture(320, 180, 600_000, "avc1.64001e", 30, Container.MPEG_TS));

        assertThat(view().segments())
                .extracting(PublishedSegment::discontinuity)
                .containsExactly(false, false, true);
    }

    @Test
    void timestampsThatBeginAgainAreADiscontinuity() {
        long[] starts = {126_000, 306_000, 126_000, 306_000};
        for (int seq = 0; seq < starts.length; seq++) {
            start = starts[seq];
            whole(seq);
        }

        assertThat(view().segments())
                .extracting(PublishedSegment::discontinuity)
                .containsExactly(false, false, true, false);
    }

    @Test
    void aReplayOfTheLastSecondsAfterALongOutageChangesNothing() {
        for (long seq = 0; seq < 20; seq++) {
            whole(seq);
        }
        WindowView before = view();
        pass(30_000);

        for (long seq = 15; seq < 20; seq++) {
            whole(seq);
        }

        assertThat(view()).isEqualTo(before);
    }

    @Test
    void aStreamThatBeginsAnewAfterASilenceIsPlayedOn() {
        for (long seq = 0; seq < 20; seq++) {
            whole(seq);
        }
        long lastIndex = view().segments().get(19).index();
        pass(15_000);

        for (long seq = 0; seq < 4; seq++) {
            whole(seq);
        }
        pass(1_000);

        assertThat(shown()).containsExactly(1L, 2L, 3L);
        assertThat(view().segments().get(0).index()).isEqualTo(lastIndex + 1);
        assertThat(view().segments().get(0).discontinuity()).isTrue();
    }

    @Test
    void aSingleOldSegmentDoesNotBeginTheStreamAnew() {
        for (long seq = 0; seq < 100; seq++) {
            whole(seq);
        }
        pass(15_000);

        whole(3);

        assertThat(shown()).endsWith(99L);
    }

    @Test
    void manyFailuresBeforeTheFirstSegmentDoNotHideIt() {
        for (long seq = 0; seq < 2_000; seq++) {
            failed(seq);
        }

        whole(2_000);
        pass(1_000);

        assertThat(shown()).containsExactly(2_000L);
    }

    private void whole(long seq) {
        rendition(seq, "low", 2);
        rendition(seq, "high", 2);
    }

    private void rendition(long seq, String name, int siblings) {
        add(seq, name, siblings, 2_000, PICTURE);
    }

    private void add(long seq, String name, int siblings, long durationMs, Picture picture) {
        Content content = new Content.Cached(Path.of(name + seq), 1_000);
        window.accept(
                new RenditionArrived(
                        MANIFEST,
                        seq,
                        new RenditionName(name),
                        picture,
                        durationMs,
                        siblings,
                        content),
                new Piece(picture, content, start),
                now);
    }

    private void failed(long seq) {
        window.accept(new SegmentFailed(MANIFEST, seq, "WorkerCrashed"), now);
    }

    private void pass(long ms) {
        now += ms;
        window.advance(now);
    }

    private WindowView view() {
        return window.view().orElseThrow();
    }

    private List<Long> shown() {
        return view().segments().stream().map(PublishedSegment::seq).toList();
    }
}

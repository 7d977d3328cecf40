package org.livepeer.flink.jobs.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.livepeer.flink.connectors.kafka.client.AnswerTail;
import org.livepeer.flink.connectors.kafka.client.SegmentProducer;
import org.livepeer.flink.connectors.transcoder.media.MediaSegment;
import org.livepeer.flink.connectors.transcoder.media.SegmentCutter;
import org.livepeer.flink.connectors.transcoder.media.SyntheticOptions;
import org.livepeer.flink.connectors.transcoder.media.SyntheticSource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Cuts a source on key frames and pushes the segments. */
@Command(
        name = "push",
        description =
                "Cut a file, standard input or a synthetic source on key frames and push it: over"
                        + " Kafka, or with -orchAddr as a gateway of the network does.")
final class PushCommand implements Callable<Integer> {
    @Mixin Connection connection = new Connection();
    @Mixin PayerFlags payer = new PayerFlags();

    @Parameters(
            paramLabel = "FILE|-|synthetic",
            description = "what to push: a file, - for standard input, or a synthetic 720p source")
    String source = "";

    @Option(
            names = {"-manifest", "--manifest"},
            required = true,
            description = "name of the stream")
    String manifest = "";

    @Option(
            names = {"-profiles", "--profiles"},
            defaultValue = "P240p30fps16x9,P360p30fps16x9",
            description = "preset names or go-livepeer's JSON (default: ${DEFAULT-VALUE})")
    String profiles = "";

    @Option(
            names = {"-fast", "--fast"},
            description = "as fast as answers come, instead of in real time")
    boolean fast;

    @Option(
            names = {"-window", "--window"},
            defaultValue = "3",
            description = "unanswered segments that may be out with --fast (default: 3)")
    int window = 3;

    @Option(
            names = {"-segmentMs", "--segmentMs"},
            defaultValue = "2000",
            description = "playing time of a segment in ms (default: ${DEFAULT-VALUE})")
    int segmentMs = 2_000;

    @Option(
            names = {"-limit", "--limit"},
            defaultValue = "0",
            description = "stop after so many segments; 0 for all")
    long limit;

    @Option(
            names = {"-seq", "--seq"},
            defaultValue = "-1",
            description = "number of the first segment (default: seconds since the epoch)")
    long firstSeq = -1;

    @Option(
            names = {"-quiet", "--quiet"},
            description = "no progress bar")
    boolean quiet;

    @Option(
            names = {"-parent", "--parent"},
            hidden = true,
            description = "end with the process that started this one")
    boolean endsWithParent;

    @Override
    public Integer call() throws Exception {
        if (endsWithParent) {
            ProcessHandle.current()
                    .parent()
                    .ifPresent(p -> p.onExit().thenRun(() -> Runtime.getRuntime().halt(0)));
        }
        if (payer.isGiven()) {
            return pushOverTheWire();
        }
        long failed;
        long pushed = 0;
        try (SegmentProducer producer = new SegmentProducer(connection.address());
                AnswerTail answers = new AnswerTail(connection.address(), manifest);
                Source segments = open()) {
            long start = firstSeq >= 0 ? firstSeq : System.currentTimeMillis() / 1_000;
            long due = System.nanoTime();
            while (segments.iterator().hasNext() && (limit == 0 || pushed < limit)) {
                MediaSegment segment = segments.iterator().next();
                pace(answers, pushed, due);
                producer.pushRaw(
                                manifest,
                                start + pushed,
                                segment.durationMs(),
                                profiles,
                                segment.bytes(),
                                Map.of())
                        .get(60, TimeUnit.SECONDS);
                pushed++;
                due = Math.max(due, System.nanoTime() - 5_000_000_000L);
                due += segment.durationMs() * 1_000_000;
                answers.poll(Duration.ZERO);
                progress(pushed, answers);
            }
            long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
            while (answers.answered() < pushed && System.nanoTime() < end) {
                answers.poll(Duration.ofMillis(200));
                progress(pushed, answers);
            }
            failed = answers.failed() + (pushed - answers.answered());
            if (!quiet) {
                System.out.printf(
                        "%n%d segments pushed, %d answered, %d failed%n",
                        pushed, answers.answered(), answers.failed());
            }
        }
        return failed == 0 ? 0 : 1;
    }

    private int pushOverTheWire() throws Exception {
        try (Source segments = open();
                WirePush push = new WirePush(payer, manifest, profiles, fast, quiet)) {
            long start = firstSeq >= 0 ? firstSeq : System.currentTimeMillis() / 1_000;
            return push.run(segments.iterator(), start, limit);
        }
    }

    private void pace(AnswerTail answers, long pushed, long due) throws InterruptedException {
        if (fast) {
            long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
            while (pushed - answers.answered() >= window && System.nanoTime() < end) {
                answers.poll(Duration.ofMillis(50));
            }
        } else {
            long wait = due - System.nanoTime();
            if (wait > 0) {
                TimeUnit.NANOSECONDS.sleep(wait);
            }
        }
    }

    private void progress(long pushed, AnswerTail answers) {
        if (quiet) {
            return;
        }
        int width = 30;
        int done = limit == 0 ? 0 : (int) (width * answers.answered() / limit);
        String bar = limit == 0 ? "" : "[" + "#".repeat(done) + " ".repeat(width - done) + "] ";
        System.out.printf(
                "\r%spushed %d, answered %d, failed %d  ",
                bar, pushed, answers.answered(), answers.failed());
        System.out.flush();
    }

    private Source open() throws IOException {
        Duration length = Duration.ofMillis(segmentMs);
        if (source.equals("synthetic")) {
            SyntheticSource synthetic =
                    new SyntheticSource(
                            SyntheticOptions.of(1280, 720, 30).withSegmentMs(segmentMs));
            return new Source(synthetic, synthetic);
        }
        SegmentCutter cutter =
                source.equals("-")
                        ? SegmentCutter.open(System.in, length)
                        : SegmentCutter.open(Path.of(source), length);
        return new Source(cutter, cutter);
    }

    /** Segments, and what has to be closed with them. */
    private record Source(Iterator<MediaSegment> iterator, AutoCloseable closing)
            implements AutoCloseable {
        @Override
        public void close() throws IOException {
            try {
                closing.close();
            } catch (Exception e) {
                throw new IOException(e);
            }
        }
    }
}

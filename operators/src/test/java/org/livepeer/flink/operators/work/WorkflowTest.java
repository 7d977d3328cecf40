package org.livepeer.flink.operators.work;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.operators.Requests;
import org.livepeer.flink.operators.transcode.WorkerClient;
import org.livepeer.flink.schemas.FundedRequest;
import org.livepeer.flink.schemas.Outcome;
import org.livepeer.flink.schemas.OutputFormat;
import org.livepeer.flink.schemas.PlacedRequest;
import org.livepeer.flink.schemas.Placement;
import org.livepeer.flink.schemas.Rendition;
import org.livepeer.flink.schemas.WorkerAddress;

class WorkflowTest {
    private static final long T0 = 1_000_000;
    private final Scripted client = new Scripted();
    private long now = T0;

    private Outcome run(boolean settled, String... alternates) {
        FundedRequest funded = Requests.funded(Requests.request("r1", T0), settled);
        List<WorkerAddress> others = new ArrayList<>();
        for (String alternate : alternates) {
            others.add(new WorkerAddress(alternate, "127.0.0.1:2", "h"));
        }
        PlacedRequest placed =
                new PlacedRequest(
                        funded.getRequest(),
                        funded.getFunding(),
                        new Placement(
                                "s", 0L, new WorkerAddress("w1", "127.0.0.1:1", "h"), others, -1));
        CompletableFuture<Outcome> outcome =
                new Workflow(
                                client,
                                () -> now,
                                (ms, task) -> {
                                    now += ms;
                                    task.run();
                                },
                                placed)
                        .run();
        assertThat(outcome).isCompleted();
        return outcome.join();
    }

    @Test
    void chargesThePixelsThatTheWorkerMade() {
        client.says(done(6_000));

        Outcome outcome = run(false);

        assertThat(outcome.getReceipt().getSuccess()).isTrue();
        assertThat(outcome.getReceipt().getPixels()).isEqualTo(6_000);
        assertThat(outcome.getReceipt().getWorkerId()).isEqualTo("w1");
        assertThat(outcome.getAnswer().getBody().getStatus()).isEqualTo("ok");
    }

    @Test
    void asksTheAlternateWhenAWorkerIsGone() {
        client.says(failed(Reason.WorkerUnavailable)).says(done(10));

        Outcome outcome = run(false, "w2");

        assertThat(client.asked).containsExactly("w1", "w2");
        assertThat(outcome.getReceipt().getWorkerId()).isEqualTo("w2");
        assertThat(outcome.getReceipt().getFailedAttempts())
                .extracting(a -> a.getWorkerId() + ":" + a.getReason())
                .containsExactly("w1:WorkerUnavailable");
    }

    @Test
    void doesNotAskAnotherAboutInvalidInput() {
        client.says(failed(Reason.TranscoderInvalidVideo));

        Outcome outcome = run(false, "w2", "w3");

        assertThat(client.asked).containsExactly("w1");
        assertThat(outcome.getReceipt().getSuccess()).isFalse();
        assertThat(outcome.getAnswer().getBody().getStatus()).isEqualTo("TranscoderInvalidVideo");
    }

    @Test
    void keepsAskingTheOnlyWorkerWhileTheDeadlineAllows() {
        for (int i = 0; i < 5; i++) {
            client.says(failed(Reason.WorkerCrashed));
        }
        client.says(done(10));

        assertThat(run(false).getReceipt().getSuccess()).isTrue();
        assertThat(client.asked).hasSize(6);
    }

    @Test
    void answersAtTheDeadlineAndTellsTheFirstFailuresAndTheLast() {
        for (int i = 0; i < 200; i++) {
            client.says(failed(Reason.TranscoderBusy));
        }

        Outcome outcome = run(false, "w2");

        // Two workers, refused at once: rounds are 2 s apart when the deadline of 30 s comes.
        assertThat(now).isBetween(T0 + 28_000, T0 + 30_000);
        assertThat(client.asked).hasSizeGreaterThan(30);
        assertThat(outcome.getReceipt().getReason()).isEqualTo("TranscoderBusy");
        assertThat(outcome.getReceipt().getFailedAttempts()).hasSize(20);
        assertThat(outcome.getReceipt().getFailedAttempts().get(19).getStartedAtMs())
                .isGreaterThan(T0 + 25_000);
        assertThat(outcome.getAnswer().getBody().getDetail())
                .contains(client.asked.size() + " tries failed");
    }

    @Test
    void aPaidRequestIsAskedForAsKeptAndDoneAgainWhenNobodyKeepsIt() {
        client.says(failed(Reason.NotKept)).says(failed(Reason.NotKept)).says(done(10));

        Outcome outcome = run(true, "w2");

        assertThat(client.keptOnly).containsExactly(true, true, false);
        assertThat(outcome.getReceipt().getSuccess()).isTrue();
    }

    @Test
    void afterTheDeadlineOnlyWhatIsKeptIsDelivered() {
        now = T0 + 30_000;
        client.says(done(10));
        assertThat(run(false).getReceipt().getSuccess()).isTrue();

        client.says(failed(Reason.NotKept));
        assertThat(run(false).getReceipt().getReason()).isEqualTo("DeadlineExceeded");
        assertThat(client.keptOnly).containsExactly(true, true);
    }

    @Test
    void anErrorOfOursIsAnAnswerAndNoWait() {
        client.breaks = true;

        Outcome outcome = run(false, "w2");

        assertThat(outcome.getAnswer().getBody().getStatus()).isEqualTo("InternalError");
        assertThat(outcome.getAnswer().getBody().getDetail()).contains("no such class");
    }

    @Test
    void aClientThatThrowsIsAFailureNotAnEnd() {
        client.answers.add(CompletableFuture.failedFuture(new IllegalStateException("bug")));
        client.says(done(10));

        assertThat(run(false, "w2").getReceipt().getSuccess()).isTrue();
    }

    private static WorkerClient.Answer done(long pixels) {
        Rendition rendition =
                Rendition.newBuilder()
                        .setName("P240p30fps16x9")
                        .setWidth(426)
                        .setHeight(240)
                        .setFrames(60)
                        .setPixels(pixels)
                        .setBitrate(1)
                        .setFormat(OutputFormat.MPEGTS)
                        .build();
        return new WorkerClient.Done(List.of(rendition), 5, 7, false);
    }

    private static WorkerClient.Answer failed(Reason reason) {
        return new WorkerClient.Failed(reason, "told", reason.retryable());
    }

    private static final class Scripted implements WorkerClient {
        final Deque<CompletableFuture<Answer>> answers = new ArrayDeque<>();
        final List<String> asked = new ArrayList<>();
        final List<Boolean> keptOnly = new ArrayList<>();
        boolean breaks;

        Scripted says(Answer answer) {
            answers.add(CompletableFuture.completedFuture(answer));
            return this;
        }

        @Override
        public CompletableFuture<Answer> execute(WorkerAddress worker, Order order) {
            if (breaks) {
                throw new NoClassDefFoundError("no such class");
            }
            asked.add(worker.getWorkerId());
            keptOnly.add(order.keptOnly());
            return answers.remove();
        }

        @Override
        public void close() {}
    }
}

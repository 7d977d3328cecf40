package org.livepeer.flink.connectors.transcoder.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.livepeer.flink.connectors.transcoder.worker.Orders.media;
import static org.livepeer.flink.connectors.transcoder.worker.Orders.order;
import static org.livepeer.flink.connectors.transcoder.worker.Orders.request;

import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.livepeer.flink.connectors.transcoder.client.GrpcWorkerClientFactory;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.operators.transcode.WorkerClient;
import org.livepeer.flink.operators.transcode.WorkerClient.Answer;
import org.livepeer.flink.operators.transcode.WorkerClient.Done;
import org.livepeer.flink.operators.transcode.WorkerClient.Failed;
import org.livepeer.flink.schemas.Request;
import org.livepeer.flink.schemas.worker.HealthRequest;
import org.livepeer.flink.schemas.worker.WorkerGrpc;

/** A worker process that is killed with SIGKILL. */
class WorkerKilledIT {
    @TempDir Path directory;
    private final WorkerClient client =
            new GrpcWorkerClientFactory(WorkerFixture.SECRET, 64 << 20, null).create();
    private Process process;
    private int port;

    @AfterEach
    void stop() throws InterruptedException {
        client.close();
        process.destroyForcibly().waitFor();
    }

    @Test
    void callInTheMiddleOfItIsAnsweredWorkerUnavailable() throws Exception {
        start(60_000);
        CompletableFuture<Answer> answer = ask(order(request(media(1_000_000), 1).build()));
        awaitRunning();

        process.destroyForcibly().waitFor();

        Failed failed = (Failed) answer.get(10, TimeUnit.SECONDS);
        assertThat(failed.reason()).isEqualTo(Reason.WorkerUnavailable);
        assertThat(failed.retryable()).isTrue();
    }

    @Test
    void keptResultSurvivesIt() throws Exception {
        start(0);
        Request request = request(media(2_000_000), 2).build();
        Done first = (Done) ask(order(request)).get(20, TimeUnit.SECONDS);
        // It is written while the first answer goes out.
        while (!((Done) ask(order(request)).get(20, TimeUnit.SECONDS)).kept()) {
            Thread.sleep(5);
        }
        process.destroyForcibly().waitFor();

        start(0);
        Done kept = (Done) ask(order(request, true, 20_000)).get(20, TimeUnit.SECONDS);

        assertThat(kept.kept()).isTrue();
        assertThat(kept.renditions()).isEqualTo(first.renditions());
    }

    private CompletableFuture<Answer> ask(WorkerClient.Order order) {
        return client.execute(Orders.address("w", port), order);
    }

    private void start(long delayMs) throws IOException {
        process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                System.getProperty("java.class.path"),
                                WorkerMain.class.getName(),
                                directory.toString(),
                                Long.toString(delayMs))
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        BufferedReader out =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String line = out.readLine();
        while (line != null && !line.matches("[0-9]+")) {
            line = out.readLine();
        }
        assertThat(line).as("the worker's port").isNotNull();
        port = Integer.parseInt(line);
    }

    private void awaitRunning() throws InterruptedException {
        Metadata proof = new Metadata();
        proof.put(CallMetadata.PROOF, WorkerFixture.SECRET.callProof("w"));
        ManagedChannel channel =
                NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
        try {
            WorkerGrpc.WorkerBlockingStub worker =
                    WorkerGrpc.newBlockingStub(channel)
                            .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(proof));
            while (worker.health(HealthRequest.getDefaultInstance()).getRunning() == 0) {
                Thread.sleep(10);
            }
        } finally {
            channel.shutdownNow();
        }
    }
}

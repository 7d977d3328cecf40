package org.livepeer.flink.connectors.transcoder.worker;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.livepeer.flink.connectors.storage.SharedDirectoryStore;
import org.livepeer.flink.connectors.storage.StoreOptions;
import org.livepeer.flink.connectors.transcoder.client.GrpcWorkerClientFactory;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.operators.auth.ClusterSecret;
import org.livepeer.flink.operators.transcode.WorkerClient;
import org.livepeer.flink.operators.transcode.WorkerClient.Answer;
import org.livepeer.flink.operators.transcode.WorkerClient.Done;
import org.livepeer.flink.operators.transcode.WorkerClient.Failed;
import org.livepeer.flink.operators.transcode.WorkerClient.Order;
import org.livepeer.flink.schemas.Request;

/** A worker with a scripted engine and a client of it, over gRPC on loopback. */
abstract class WorkerFixture {
    static final ClusterSecret SECRET =
            new ClusterSecret("a secret of the tests only".getBytes(StandardCharsets.UTF_8));
    static final long MAX_INLINE = 64 << 20;

    @TempDir Path directory;
    final ScriptedTranscoder engine = new ScriptedTranscoder();
    final WorkerClient client = new GrpcWorkerClientFactory(SECRET, MAX_INLINE, null).create();
    private WorkerNode node;

    @AfterEach
    void stop() {
        engine.openGate();
        client.close();
        if (node != null) {
            node.close();
        }
    }

    WorkerNode start() throws IOException {
        return start(options -> options);
    }

    WorkerNode start(UnaryOperator<WorkerOptionsBuilder> change) throws IOException {
        if (node != null) {
            node.close();
        }
        WorkerOptionsBuilder options =
                WorkerOptions.builder(engine, SECRET, directory.resolve("worker"))
                        .drainLimit(Duration.ofSeconds(5));
        node = WorkerNode.start(change.apply(options).build());
        return node;
    }

    SharedDirectoryStore store(long freeSpaceFloor) throws IOException {
        return new SharedDirectoryStore(
                new StoreOptions(
                        directory.resolve("store"), freeSpaceFloor, java.time.Clock.systemUTC()));
    }

    CompletableFuture<Answer> ask(Order order) {
        return client.execute(Orders.address(node.workerId(), node.port()), order);
    }

    Answer answer(Order order) throws Exception {
        return ask(order).get(30, TimeUnit.SECONDS);
    }

    Done done(Request request) throws Exception {
        Answer answer = answer(Orders.order(request));
        if (answer instanceof Done done) {
            return done;
        }
        throw new AssertionError("not done: " + answer);
    }

    /**
     * The answer out of what is kept, as soon as it is: that is written while the first one goes
     * out.
     */
    Done keptDone(Request request) throws Exception {
        for (long end = System.nanoTime() + 20_000_000_000L; System.nanoTime() < end; ) {
            Done done = done(request);
            if (done.kept()) {
                return done;
            }
            Thread.sleep(5);
        }
        throw new AssertionError("the result is not kept");
    }

    Reason reason(Request request) throws Exception {
        return failed(Orders.order(request)).reason();
    }

    Failed failed(Order order) throws Exception {
        Answer answer = answer(order);
        if (answer instanceof Failed failed) {
            return failed;
        }
        throw new AssertionError("did not fail");
    }
}

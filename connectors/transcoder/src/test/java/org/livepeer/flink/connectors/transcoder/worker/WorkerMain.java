package org.livepeer.flink.connectors.transcoder.worker;

import java.nio.file.Path;
import java.time.Duration;
import org.livepeer.flink.connectors.transcoder.loopback.LoopbackTranscoder;

/** A worker in a process of its own; prints its port, and lives until it is killed. */
public final class WorkerMain {
    private WorkerMain() {}

    /**
     * @param args data directory, the engine's delay in ms
     */
    public static void main(String[] args) throws Exception {
        LoopbackTranscoder engine =
                new LoopbackTranscoder(Duration.ofMillis(Long.parseLong(args[1])), Duration.ZERO);
        WorkerNode node =
                WorkerNode.start(
                        WorkerOptions.builder(engine, WorkerFixture.SECRET, Path.of(args[0]))
                                .workerId("w")
                                .build());
        System.out.println(node.port());
        while (System.in.read() >= 0) {
            continue;
        }
        // The test has gone.
        Runtime.getRuntime().halt(1);
    }
}

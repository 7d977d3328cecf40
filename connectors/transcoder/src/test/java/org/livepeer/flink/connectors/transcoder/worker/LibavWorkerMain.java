package org.livepeer.flink.connectors.transcoder.worker;

import java.nio.file.Path;
import org.livepeer.flink.connectors.transcoder.child.LibavOptions;
import org.livepeer.flink.connectors.transcoder.child.LibavTranscoder;

/** A worker with the libav engine in a process of its own; prints its port. */
public final class LibavWorkerMain {
    private LibavWorkerMain() {}

    /**
     * @param args data directory, slots, preset
     */
    public static void main(String[] args) throws Exception {
        Path folder = Path.of(args[0]);
        int slots = Integer.parseInt(args[1]);
        LibavTranscoder engine =
                new LibavTranscoder(LibavOptions.defaults(slots, folder).withPreset(args[2]));
        WorkerNode node =
                WorkerNode.start(
                        WorkerOptions.builder(engine, WorkerFixture.SECRET, folder)
                                .workerId("w")
                                .slots(slots)
                                .capacityPixelsPerSecond(engine.probe().pixelsPerSecond())
                                .build());
        System.out.println(node.port());
        while (System.in.read() >= 0) {
            continue;
        }
        // The benchmark has gone.
        Runtime.getRuntime().halt(1);
    }
}

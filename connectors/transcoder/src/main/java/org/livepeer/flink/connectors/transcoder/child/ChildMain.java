package org.livepeer.flink.connectors.transcoder.child;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.livepeer.flink.connectors.transcoder.engine.EngineLimits;
import org.livepeer.flink.connectors.transcoder.engine.EngineSettings;

/**
 * A transcoding process: reads tasks from stdin, writes replies to stdout, one at a time. It ends
 * at once when stdin does, also in the middle of a task: then its parent is gone.
 */
public final class ChildMain {
    private static final int BUFFER_BYTES = 1 << 16;

    private ChildMain() {}

    public static void main(String[] args) throws IOException {
        run(args, work -> work);
    }

    /** The arguments that {@link #main} takes. */
    static String[] arguments(LibavOptions options, Path tempDir) {
        EngineLimits limits = options.limits();
        return new String[] {
            options.preset(),
            Integer.toString(options.threads()),
            tempDir.toString(),
            Long.toString(limits.maxFramePixels()),
            Long.toString(limits.maxDurationMs()),
            Long.toString(limits.maxDecodedFrames()),
            Integer.toString(limits.runawayFactor()),
            Long.toString(limits.maxOutputBytes())
        };
    }

    static void run(String[] args, UnaryOperator<ChildWork> around) throws IOException {
        // Stdout carries frames only: what anybody prints goes to stderr.
        System.setOut(System.err);
        DataInputStream in =
                new DataInputStream(
                        new BufferedInputStream(
                                new FileInputStream(FileDescriptor.in), BUFFER_BYTES));
        DataOutputStream out =
                new DataOutputStream(
                        new BufferedOutputStream(
                                new FileOutputStream(FileDescriptor.out), BUFFER_BYTES));
        EngineLimits limits =
                new EngineLimits(
                        Long.parseLong(args[3]),
                        Long.parseLong(args[4]),
                        Long.parseLong(args[5]),
                        Integer.parseInt(args[6]),
                        Long.parseLong(args[7]));
        EngineSettings settings =
                new EngineSettings(args[0], Integer.parseInt(args[1]), Path.of(args[2]), limits);
        ChildWork work = around.apply(ChildWork.libav(settings));
        Frames.write(out, new Task.Ready());
        try {
            while (true) {
                Task task = Frames.readTask(in);
                Thread worker = new Thread(() -> answer(work, task, out), "transcode");
                worker.setDaemon(true);
                worker.start();
            }
        } catch (IOException e) {
            Runtime.getRuntime().halt(0);
        }
    }

    private static void answer(ChildWork work, Task task, DataOutputStream out) {
        try {
            Frames.write(out, work.answer(task));
        } catch (IOException e) {
            Runtime.getRuntime().halt(0);
        } catch (OutOfMemoryError e) {
            Runtime.getRuntime().halt(3);
        }
    }
}

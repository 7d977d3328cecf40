package org.livepeer.flink.connectors.transcoder.child;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Path;
import org.livepeer.flink.connectors.transcoder.engine.EngineLimits;
import org.livepeer.flink.connectors.transcoder.engine.EngineSettings;
import org.livepeer.flink.connectors.transcoder.engine.LibavEngine;
import org.livepeer.flink.connectors.transcoder.media.SyntheticOptions;
import org.livepeer.flink.connectors.transcoder.media.SyntheticSource;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.operators.transcode.TranscodeException;
import org.livepeer.flink.schemas.VideoCodec;

/**
 * A child process: does one job at a time until its standard input ends. It may die of any input;
 * its supervisor starts another. Arguments: preset, threads, temporary directory, then the limits.
 */
public final class ChildMain {
    private ChildMain() {}

    public static void main(String[] args) throws IOException {
        DataInputStream in = new DataInputStream(new BufferedInputStream(System.in, 1 << 16));
        DataOutputStream out = new DataOutputStream(new BufferedOutputStream(System.out, 1 << 16));
        // Whatever else prints must not get between the frames.
        System.setOut(System.err);
        ProcessHandle.current()
                .parent()
                .ifPresent(parent -> parent.onExit().thenRun(() -> Runtime.getRuntime().halt(3)));
        LibavEngine engine = new LibavEngine(settings(args));
        out.writeByte(ChildProtocol.READY);
        out.flush();
        try {
            while (true) {
                serve(engine, in, out);
            }
        } catch (EOFException e) {
            Runtime.getRuntime().halt(0);
        }
    }

    private static EngineSettings settings(String[] args) {
        return new EngineSettings(
                args[0],
                Integer.parseInt(args[1]),
                Path.of(args[2]),
                new EngineLimits(
                        Long.parseLong(args[3]),
                        Long.parseLong(args[4]),
                        Long.parseLong(args[5]),
                        Integer.parseInt(args[6]),
                        Long.parseLong(args[7])));
    }

    private static void serve(LibavEngine engine, DataInputStream in, DataOutputStream out)
            throws IOException {
        int kind = in.readUnsignedByte();
        if (kind == ChildProtocol.SYNTHESIZE) {
            SyntheticOptions options =
                    SyntheticOptions.of(in.readInt(), in.readInt(), in.readInt())
                            .withSegmentMs(in.readInt())
                            .withCodec(VideoCodec.valueOf(in.readUTF()));
            try (SyntheticSource source = new SyntheticSource(options)) {
                byte[] media = source.next().bytes();
                out.writeByte(ChildProtocol.MEDIA);
                ChildProtocol.writeBytes(out, media);
                out.flush();
            } catch (RuntimeException e) {
                ChildProtocol.writeFailed(out, Reason.InternalError, String.valueOf(e));
            }
            return;
        }
        var job = ChildProtocol.readJob(in);
        Faults.inject(job.requestId());
        try {
            ChildProtocol.writeDone(out, engine.transcode(job));
        } catch (TranscodeException e) {
            ChildProtocol.writeFailed(out, e.reason(), String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            ChildProtocol.writeFailed(out, Reason.InternalError, String.valueOf(e));
        }
    }
}

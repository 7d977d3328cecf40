package org.livepeer.flink.connectors.transcoder.child;

import java.io.IOException;
import org.bytedeco.javacpp.BytePointer;

/** A child that can be told to fail: by the beginning of a request id. */
public final class FaultyChildMain {
    private FaultyChildMain() {}

    public static void main(String[] args) throws IOException {
        ChildMain.run(
                args,
                real ->
                        task -> {
                            if (task instanceof Task.Transcode transcode) {
                                fail(transcode.job().requestId());
                            }
                            return real.answer(task);
                        });
    }

    private static void fail(String requestId) {
        if (requestId.startsWith("segv")) {
            new Nowhere().get(0);
        } else if (requestId.startsWith("halt")) {
            Runtime.getRuntime().halt(1);
        } else if (requestId.startsWith("hang")) {
            while (true) {
                try {
                    Thread.sleep(1000);
                } catch (InterruptedException e) {
                    // a hang does not listen
                }
            }
        } else if (requestId.startsWith("print")) {
            System.out.println("stray text on stdout");
        }
    }

    /** An address that is not mapped. */
    private static final class Nowhere extends BytePointer {
        Nowhere() {
            super((org.bytedeco.javacpp.Pointer) null);
            address = 8;
        }
    }
}

package org.livepeer.flink.jobs.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.apache.logging.log4j.LogManager;

/** Runs the command in this process, in as many threads as one likes. */
public final class Commands {
    private static final Routed OUT;
    private static final Routed ERR;

    static {
        // Logs stay where they go: they are no part of what a command says.
        LogManager.getRootLogger();
        OUT = new Routed(System.out);
        ERR = new Routed(System.err);
        System.setOut(new PrintStream(OUT, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(ERR, true, StandardCharsets.UTF_8));
    }

    private Commands() {}

    /** What a command said and how it ended. */
    public record Said(int exitCode, String out, String err) {}

    public static Said run(String... arguments) {
        ByteArrayOutputStream out = OUT.capture();
        ByteArrayOutputStream err = ERR.capture();
        try {
            int exitCode = Livepeer.run(arguments);
            System.out.flush();
            System.err.flush();
            return new Said(
                    exitCode,
                    out.toString(StandardCharsets.UTF_8),
                    err.toString(StandardCharsets.UTF_8));
        } finally {
            OUT.release();
            ERR.release();
        }
    }

    /** To the command that runs in the thread that prints, or in the one that started it. */
    private static final class Routed extends OutputStream {
        private final PrintStream rest;
        private final InheritableThreadLocal<ByteArrayOutputStream> captured =
                new InheritableThreadLocal<>();

        Routed(PrintStream rest) {
            this.rest = rest;
        }

        ByteArrayOutputStream capture() {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            captured.set(bytes);
            return bytes;
        }

        void release() {
            captured.remove();
        }

        private OutputStream sink() {
            OutputStream bytes = captured.get();
            return bytes == null ? rest : bytes;
        }

        @Override
        public void write(int b) throws IOException {
            sink().write(b);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            sink().write(bytes, from, length);
        }

        @Override
        public void flush() throws IOException {
            sink().flush();
        }
    }
}

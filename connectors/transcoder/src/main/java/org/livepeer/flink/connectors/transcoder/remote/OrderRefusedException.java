package org.livepeer.flink.connectors.transcoder.remote;

/** A segment that is not worked on; the message is the text that the orchestrator is told. */
final class OrderRefusedException extends Exception {
    OrderRefusedException(String text) {
        super(text);
    }
}

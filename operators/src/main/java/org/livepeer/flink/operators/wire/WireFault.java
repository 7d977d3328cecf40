package org.livepeer.flink.operators.wire;

/** Something on the wire that cannot be done; the message is go-livepeer's text for it. */
public final class WireFault extends Exception {
    private static final long serialVersionUID = 1L;

    public WireFault(String text) {
        super(text, null, false, false);
    }

    /** What the other side is told. */
    public String text() {
        return String.valueOf(getMessage());
    }
}

package org.livepeer.flink.operators.wire;

import org.jspecify.annotations.Nullable;
import org.livepeer.flink.schemas.Clip;
import org.livepeer.flink.schemas.net.SegParameters;

/** The part of a segment that is wanted, by lpms' rules. */
public final class WireClip {
    private static final long LONGEST_MS = 300_000;
    static final long TO_THE_END_MS = 2 * LONGEST_MS;

    private WireClip() {}

    /**
     * The part in ms; null for all of it. An end of 0 is the end of the segment.
     *
     * @throws WireFault when it has no length or begins nowhere
     */
    public static @Nullable Clip of(SegParameters wire) throws WireFault {
        long from = wire.getFrom();
        long to = wire.getTo();
        if (from == 0 && to == 0) {
            return null;
        }
        boolean open = to == 0;
        if (from < 0 || from > LONGEST_MS || (!open && to <= from)) {
            throw new WireFault(WireTexts.CLIP);
        }
        return new Clip(from, open ? TO_THE_END_MS : to);
    }
}

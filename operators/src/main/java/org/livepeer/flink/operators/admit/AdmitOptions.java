package org.livepeer.flink.operators.admit;

import java.io.Serializable;

/**
 * @param maxInlineBytes media above it is not held in memory for Work, but read back from its topic
 * @param maxMediaBytes largest media accepted at all
 * @param defaultDeadlineMs time for the answer when the push names none
 * @param cell scheduling domain that requests go to
 */
public record AdmitOptions(
        int maxInlineBytes, long maxMediaBytes, long defaultDeadlineMs, String cell)
        implements Serializable {
    /** Longest playing time of a segment, ms (go-livepeer {@code common.MaxDuration}). */
    public static final long LONGEST_MS = 300_000;

    public AdmitOptions {
        if (maxInlineBytes < 0) {
            throw new IllegalArgumentException(
                    "maxInlineBytes " + maxInlineBytes + " must be 0 or more");
        }
        if (maxMediaBytes < 1 || maxMediaBytes > 300_000_000) {
            throw new IllegalArgumentException(
                    "maxMediaBytes " + maxMediaBytes + " must be 1 to 300000000");
        }
        if (defaultDeadlineMs < 1_000 || defaultDeadlineMs > LONGEST_MS) {
            throw new IllegalArgumentException(
                    "segmentDeadline " + defaultDeadlineMs + " ms must be 1000 to 300000");
        }
    }

    /** 4 MB inline, 300 MB at most, 30 s. */
    public static AdmitOptions defaults() {
        return new AdmitOptions(4 << 20, 300_000_000, 30_000, "main");
    }
}

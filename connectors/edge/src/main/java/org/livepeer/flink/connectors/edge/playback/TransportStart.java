package org.livepeer.flink.connectors.edge.playback;

/**
 * The first video timestamp of an MPEG transport stream (ISO 13818-1, sections 2.4.3.2 and
 * 2.4.3.6).
 */
final class TransportStart {
    /** No timestamp is known. */
    static final long UNKNOWN = -1;

    /** Timestamps count at 90 kHz and begin again after 33 bits. */
    private static final long WRAP = 1L << 33;

    private static final int TICKS_PER_MS = 90;
    private static final int PACKET = 188;
    private static final int MOST_PACKETS = 2_000;

    private TransportStart() {}

    /** Ticks of 90 kHz; {@link #UNKNOWN} when no video begins in the first packets. */
    static long of(byte[] media) {
        int end = Math.min(media.length, MOST_PACKETS * PACKET) - PACKET;
        for (int at = 0; at <= end; at += PACKET) {
            boolean begins = media[at] == 0x47 && (media[at + 1] & 0x40) != 0;
            int adaptation = (media[at + 3] & 0x30) >> 4;
            if (!begins || (adaptation & 1) == 0) {
                continue;
            }
            int payload = at + 4 + (adaptation == 3 ? 1 + (media[at + 4] & 0xff) : 0);
            if (payload + 14 <= at + PACKET && hasVideoTimestamp(media, payload)) {
                return timestamp(media, payload + 9);
            }
        }
        return UNKNOWN;
    }

    /**
     * Whether media that starts at {@code next} runs on from media of a length that started at
     * {@code before}.
     */
    static boolean runsOn(long before, long durationMs, long next) {
        if (before == UNKNOWN || next == UNKNOWN) {
            return true;
        }
        long off = Math.floorMod(next - before - durationMs * TICKS_PER_MS, WRAP);
        long distance = Math.min(off, WRAP - off);
        return distance <= Math.max(1_000, durationMs / 2) * TICKS_PER_MS;
    }

    private static boolean hasVideoTimestamp(byte[] media, int at) {
        return media[at] == 0
                && media[at + 1] == 0
                && media[at + 2] == 1
                && (media[at + 3] & 0xf0) == 0xe0
                && (media[at + 7] & 0x80) != 0;
    }

    private static long timestamp(byte[] media, int at) {
        return (media[at] & 0x0eL) << 29
                | (media[at + 1] & 0xffL) << 22
                | (media[at + 2] & 0xfeL) << 14
                | (media[at + 3] & 0xffL) << 7
                | (media[at + 4] & 0xfeL) >> 1;
    }
}

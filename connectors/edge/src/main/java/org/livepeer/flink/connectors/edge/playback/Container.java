package org.livepeer.flink.connectors.edge.playback;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** How a rendition's bytes are wrapped. */
public enum Container {
    MPEG_TS("ts", "video/mp2t"),
    MP4("mp4", "video/mp4");

    /** Bytes that {@link #of} looks at. */
    public static final int SNIFFED_BYTES = 8;

    private static final byte[] FTYP = "ftyp".getBytes(StandardCharsets.US_ASCII);
    private final String extension;
    private final String mediaType;

    Container(String extension, String mediaType) {
        this.extension = extension;
        this.mediaType = mediaType;
    }

    /** The container that media with this beginning is in; MPEG-TS unless it is MP4. */
    public static Container of(byte[] head) {
        boolean mp4 = head.length >= SNIFFED_BYTES && Arrays.equals(head, 4, 8, FTYP, 0, 4);
        return mp4 ? MP4 : MPEG_TS;
    }

    /** The ending of its files, without a dot. */
    public String extension() {
        return extension;
    }

    /** Its media type. */
    public String mediaType() {
        return mediaType;
    }
}

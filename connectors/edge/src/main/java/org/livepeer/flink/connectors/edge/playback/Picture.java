package org.livepeer.flink.connectors.edge.playback;

/**
 * What is known about a rendition's media; 0 or empty where it is not known.
 *
 * @param width pixels
 * @param height pixels
 * @param bitrate bits per second asked for
 * @param codecs RFC 6381 codec strings, separated by commas
 * @param frameRate frames per second
 * @param container how the bytes are wrapped
 */
public record Picture(
        int width, int height, int bitrate, String codecs, double frameRate, Container container) {

    /** Whether a decoder has to begin anew between this and the other. */
    boolean decodesDifferently(Picture other) {
        return width != other.width
                || height != other.height
                || container != other.container
                || !codecs.equals(other.codecs);
    }
}

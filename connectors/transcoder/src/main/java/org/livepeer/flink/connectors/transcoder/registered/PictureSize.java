package org.livepeer.flink.connectors.transcoder.registered;

import java.util.BitSet;
import java.util.Optional;

/**
 * Width and height of an H.264 picture, out of the first sequence parameter set in the media (ITU-T
 * H.264, 7.3.2.1.1), MPEG-TS or MP4.
 *
 * @param width pixels, cropped
 * @param height pixels, cropped
 */
record PictureSize(int width, int height) {
    private static final int LOOKED_AT = 1 << 18;
    private static final int LONGEST_SET = 512;
    private static final int TS_PACKET = 188;
    private static final BitSet WITH_CHROMA = new BitSet();

    static {
        for (int profile :
                new int[] {100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135}) {
            WITH_CHROMA.set(profile);
        }
    }

    /** Of the media; empty when there is no parameter set that can be read. */
    static Optional<PictureSize> of(byte[] media) {
        byte[] stream = media.length > 0 && media[0] == 0x47 ? withoutPackets(media) : media;
        int end = Math.min(stream.length, LOOKED_AT) - 5;
        for (int i = 0; i < end; i++) {
            boolean startCode =
                    stream[i] == 0
                            && stream[i + 1] == 0
                            && stream[i + 2] == 1
                            && (stream[i + 3] & 0x1f) == 7;
            // In an avcC box: version 1, profile, compatibility, level, lengths, one set, its size.
            boolean box =
                    stream[i] == 'a'
                            && stream[i + 1] == 'v'
                            && stream[i + 2] == 'c'
                            && stream[i + 3] == 'C';
            if (startCode || box) {
                Optional<PictureSize> size = read(stream, startCode ? i + 4 : i + 13);
                if (size.isPresent()) {
                    return size;
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<PictureSize> read(byte[] stream, int from) {
        try {
            return Optional.of(new Reader(stream, from).size());
        } catch (IndexOutOfBoundsException e) {
            return Optional.empty();
        }
    }

    /** The payloads of MPEG-TS packets, all streams of them one behind the other. */
    private static byte[] withoutPackets(byte[] media) {
        byte[] payloads = new byte[Math.min(media.length, LOOKED_AT)];
        int length = 0;
        for (int at = 0; at + TS_PACKET <= payloads.length; at += TS_PACKET) {
            int control = media[at + 3] >> 4 & 3;
            int skip = 4 + ((control & 2) != 0 ? 1 + (media[at + 4] & 0xff) : 0);
            if ((control & 1) != 0 && skip < TS_PACKET) {
                System.arraycopy(media, at + skip, payloads, length, TS_PACKET - skip);
                length += TS_PACKET - skip;
            }
        }
        return java.util.Arrays.copyOf(payloads, length);
    }

    /** Reads bits of a parameter set, without its emulation prevention bytes. */
    private static final class Reader {
        private final byte[] set = new byte[LONGEST_SET];
        private int bit;

        Reader(byte[] stream, int from) {
            int length = 0;
            int zeros = 0;
            for (int i = from; i < stream.length && length < LONGEST_SET; i++) {
                if (zeros >= 2 && stream[i] == 3) {
                    zeros = 0;
                    continue;
                }
                zeros = stream[i] == 0 ? zeros + 1 : 0;
                set[length++] = stream[i];
            }
        }

        PictureSize size() {
            int profile = bits(8);
            bits(16);
            golomb();
            int chroma = 1;
            if (WITH_CHROMA.get(profile)) {
                chroma = golomb();
                if (chroma == 3) {
                    bits(1);
                }
                golomb();
                golomb();
                bits(1);
                if (bits(1) == 1) {
                    for (int i = 0; i < (chroma == 3 ? 12 : 8); i++) {
                        if (bits(1) == 1) {
                            scalingList(i < 6 ? 16 : 64);
                        }
                    }
                }
            }
            golomb();
            int order = golomb();
            if (order == 0) {
                golomb();
            } else if (order == 1) {
                bits(1);
                golomb();
                golomb();
                for (int i = golomb(); i > 0; i--) {
                    golomb();
                }
            }
            golomb();
            bits(1);
            int width = (golomb() + 1) * 16;
            int mapUnits = golomb() + 1;
            int fields = 2 - bits(1);
            int height = mapUnits * 16 * fields;
            if (fields == 2) {
                bits(1);
            }
            bits(1);
            if (bits(1) == 1) {
                int unitX = chroma == 1 || chroma == 2 ? 2 : 1;
                int unitY = (chroma == 1 ? 2 : 1) * fields;
                width -= (golomb() + golomb()) * unitX;
                height -= (golomb() + golomb()) * unitY;
            }
            if (width <= 0 || height <= 0) {
                throw new IndexOutOfBoundsException("no picture");
            }
            return new PictureSize(width, height);
        }

        private void scalingList(int size) {
            int last = 8;
            int next = 8;
            for (int i = 0; i < size && next != 0; i++) {
                int code = golomb();
                int delta = (code & 1) == 1 ? (code + 1) / 2 : -code / 2;
                next = (last + delta + 256) & 255;
                last = next == 0 ? last : next;
            }
        }

        private int bits(int count) {
            int value = 0;
            for (int i = 0; i < count; i++, bit++) {
                value = value << 1 | set[bit >> 3] >> (7 - (bit & 7)) & 1;
            }
            return value;
        }

        /** Unsigned Exp-Golomb. */
        private int golomb() {
            int zeros = 0;
            while (bits(1) == 0) {
                if (++zeros > 24) {
                    throw new IndexOutOfBoundsException("no number");
                }
            }
            return (1 << zeros) - 1 + bits(zeros);
        }
    }
}

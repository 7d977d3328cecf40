package org.livepeer.flink.operators.wire;

import static java.util.Map.entry;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.livepeer.flink.schemas.net.Capabilities;

/**
 * Capabilities in go-livepeer's numbers ({@code core/capabilities.go}): bit {@code j} of word
 * {@code i} is capability {@code 64 * i + j}.
 */
public final class CapabilityNumbers {
    private static final Map<String, List<Integer>> OF =
            Map.ofEntries(
                    entry("encode:h264", List.of(0, 7, 8, 9, 10)),
                    entry("format:mpegts", List.of(1)),
                    entry("format:mp4", List.of(2)),
                    entry("perceptual-hash", List.of(14)),
                    entry("decode:hevc", List.of(15)),
                    entry("encode:h265", List.of(16)),
                    entry("decode:h264-yuv444p", List.of(21)),
                    entry("decode:h264-yuv422p", List.of(22)),
                    entry("decode:h264-yuv444p10le", List.of(23)),
                    entry("decode:h264-yuv422p10le", List.of(24)),
                    entry("decode:h264-yuv420p10le", List.of(25)));

    /** go-livepeer's names of what video needs ({@code CapabilityNameLookup}). */
    private static final Map<String, Integer> NAMED =
            Map.ofEntries(
                    entry("h.264", 0),
                    entry("mpegts", 1),
                    entry("mp4", 2),
                    entry("fractional framerates", 3),
                    entry("h264 baseline profile", 7),
                    entry("h264 main profile", 8),
                    entry("h264 high profile", 9),
                    entry("h264 constrained, contained high profile", 10),
                    entry("gop", 11),
                    entry("mpeg7 signature", 14),
                    entry("hevc decode", 15),
                    entry("hevc encode", 16),
                    entry("vp8 decode", 17),
                    entry("vp9 decode", 18),
                    entry("vp8 encode", 19),
                    entry("vp9 encode", 20),
                    entry("h264 decode yuv444 8-bit", 21),
                    entry("h264 decode yuv422 8-bit", 22),
                    entry("h264 decode yuv444 10-bit", 23),
                    entry("h264 decode yuv422 10-bit", 24),
                    entry("h264 decode yuv420 10-bit", 25),
                    entry("segment slicing", 26));

    private CapabilityNumbers() {}

    /**
     * The number of a capability that video may need.
     *
     * @param name go-livepeer's, in any case, or the number itself
     * @throws IllegalArgumentException when there is none
     */
    public static int named(String name) {
        String wanted = name.strip().toLowerCase(Locale.ROOT);
        Integer number = wanted.matches("\\d{1,2}") ? Integer.valueOf(wanted) : NAMED.get(wanted);
        if (number == null || !NAMED.containsValue(number)) {
            throw new IllegalArgumentException(
                    "capability '" + name + "' is none of video: " + new TreeSet<>(NAMED.keySet()));
        }
        return number;
    }

    /** Of something that an engine was found to do; none when the network has no word for it. */
    public static List<Integer> of(String capability) {
        return OF.getOrDefault(capability, List.of());
    }

    /** All whose numbers are among those offered. */
    static Set<String> names(Capabilities offered) {
        Set<String> names = new TreeSet<>();
        OF.forEach(
                (name, numbers) -> {
                    if (numbers.stream().allMatch(number -> has(offered, number))) {
                        names.add(name);
                    }
                });
        return names;
    }

    /** Whether a capability's bit is set. */
    public static boolean has(Capabilities offered, int number) {
        int word = number / 64;
        return word < offered.getBitstringCount()
                && (offered.getBitstring(word) >> (number % 64) & 1) == 1;
    }

    /**
     * Whether a job's needs are met (go-livepeer {@code core/capabilities.go}, CompatibleWith): its
     * least version, and each of its bits; more words than ours never are, even empty ones.
     */
    public static boolean meets(Capabilities needed, Capabilities offered) {
        if (!ProtocolVersion.isAtLeast(
                offered.getVersion(), needed.getConstraints().getMinVersion())) {
            return false;
        }
        if (needed.getBitstringCount() > offered.getBitstringCount()) {
            return false;
        }
        for (int i = 0; i < needed.getBitstringCount(); i++) {
            if ((needed.getBitstring(i) & ~offered.getBitstring(i)) != 0) {
                return false;
            }
        }
        return true;
    }
}

package org.livepeer.flink.operators.wire;

import static java.util.Map.entry;

import java.util.List;
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

    private CapabilityNumbers() {}

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

    private static boolean has(Capabilities offered, int number) {
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

package org.livepeer.flink.connectors.transcoder.remote;

import static java.util.Map.entry;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.livepeer.flink.schemas.net.Capabilities;

/**
 * What this transcoder can do, in go-livepeer's numbers: bit {@code j} of word {@code i} is
 * capability {@code 64 * i + j}.
 */
final class WireCapabilities {
    /** The release of go-livepeer whose behaviour this is: gateways may ask for a least one. */
    static final String VERSION = "0.9.1";

    private static final Pattern NUMBERS =
            Pattern.compile("v?(\\d{1,9})(?:\\.(\\d{1,9}))?(?:\\.(\\d{1,9}))?(?:[-+].*)?");

    /** Fractional frame rates, where the orchestrator stores, slices, the token: no engine's. */
    private static final List<Integer> ALWAYS = List.of(3, 4, 5, 6, 11, 12, 26);

    /** By what an engine was found to do. */
    private static final Map<String, List<Integer>> FOUND =
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

    private final SortedSet<Integer> numbers;
    private final List<Long> words;

    WireCapabilities(Collection<Integer> numbers) {
        this.numbers = new TreeSet<>(numbers);
        this.words = words(this.numbers);
    }

    /**
     * @param capabilities names as in {@link
     *     org.livepeer.flink.connectors.transcoder.child.EngineProbe}
     */
    static WireCapabilities of(Collection<String> capabilities) {
        List<Integer> numbers = new ArrayList<>(ALWAYS);
        capabilities.forEach(name -> numbers.addAll(FOUND.getOrDefault(name, List.of())));
        return new WireCapabilities(numbers);
    }

    private static List<Long> words(SortedSet<Integer> numbers) {
        int count = numbers.isEmpty() ? 0 : numbers.last() / 64 + 1;
        long[] words = new long[count];
        numbers.forEach(number -> words[number / 64] |= 1L << (number % 64));
        return java.util.Arrays.stream(words).boxed().toList();
    }

    /** For the registration: one of each. */
    Capabilities message() {
        Capabilities.Builder message =
                Capabilities.newBuilder()
                        .addAllBitstring(words)
                        .setVersion(VERSION)
                        .setConstraints(Capabilities.Constraints.getDefaultInstance());
        numbers.forEach(number -> message.putCapacities(number, 1));
        return message.build();
    }

    /** Whether all that a segment needs is among them, and the release is not too old for it. */
    boolean serve(Capabilities needed) {
        List<Long> bits = needed.getBitstringList();
        if (bits.size() > words.size() || !isAtLeast(needed.getConstraints().getMinVersion())) {
            return false;
        }
        for (int i = 0; i < bits.size(); i++) {
            if ((bits.get(i) & ~words.get(i)) != 0) {
                return false;
            }
        }
        return true;
    }

    /** Three numbers count, what is behind them does not; what is no version asks for nothing. */
    private static boolean isAtLeast(String least) {
        Matcher asked = NUMBERS.matcher(least);
        Matcher own = NUMBERS.matcher(VERSION);
        if (!asked.matches() || !own.matches()) {
            return true;
        }
        for (int i = 1; i <= 3; i++) {
            int difference = number(own, i) - number(asked, i);
            if (difference != 0) {
                return difference > 0;
            }
        }
        return true;
    }

    private static int number(Matcher version, int group) {
        String text = version.group(group);
        return text == null ? 0 : Integer.parseInt(text);
    }
}

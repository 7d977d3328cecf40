package org.livepeer.flink.connectors.transcoder.remote;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.livepeer.flink.operators.wire.CapabilityNumbers;
import org.livepeer.flink.schemas.net.Capabilities;

/** What this transcoder can do, in go-livepeer's numbers. */
final class WireCapabilities {
    /** The release of go-livepeer whose behaviour this is: gateways may ask for a least one. */
    static final String VERSION = "0.9.1";

    /** Fractional frame rates, where the orchestrator stores, slices, the token: no engine's. */
    private static final List<Integer> ALWAYS = List.of(3, 4, 5, 6, 11, 12, 26);

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
        capabilities.forEach(name -> numbers.addAll(CapabilityNumbers.of(name)));
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
        return CapabilityNumbers.meets(needed, message());
    }
}

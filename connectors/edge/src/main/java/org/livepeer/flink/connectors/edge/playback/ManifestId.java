package org.livepeer.flink.connectors.edge.playback;

import java.util.Optional;
import java.util.regex.Pattern;

/** Name of a stream: 1 to 128 characters of {@code A-Z a-z 0-9 . _ ~ -}. */
public record ManifestId(String value) implements Comparable<ManifestId> {
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9._~-]{1,128}");

    /**
     * @throws IllegalArgumentException when the text is no manifest id
     */
    public ManifestId {
        if (!isValid(value)) {
            throw new IllegalArgumentException(
                    "not a manifest id: 1 to 128 characters of A-Z a-z 0-9 . _ ~ - are allowed");
        }
    }

    /** The id, or nothing when the text is none. */
    public static Optional<ManifestId> parse(String text) {
        return isValid(text) ? Optional.of(new ManifestId(text)) : Optional.empty();
    }

    private static boolean isValid(String text) {
        return FORM.matcher(text).matches() && !text.equals(".") && !text.equals("..");
    }

    @Override
    public int compareTo(ManifestId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}

package org.livepeer.flink.connectors.edge.playback;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

/**
 * Name of a rendition as it stands in a path. A profile's name may hold any character; what has no
 * place in a path becomes {@code _}, and a checksum keeps two such names apart.
 */
public record RenditionName(String value) implements Comparable<RenditionName> {
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9._~-]{1,80}");
    private static final Pattern UNSAFE = Pattern.compile("[^A-Za-z0-9._~-]");
    private static final int KEPT = 60;

    /**
     * @throws IllegalArgumentException when the text has no place in a path
     */
    public RenditionName {
        if (!isValid(value)) {
            throw new IllegalArgumentException("not a rendition's name in a path");
        }
    }

    /** The name of a profile, made fit for a path. */
    public static RenditionName of(String profile) {
        if (isValid(profile)) {
            return new RenditionName(profile);
        }
        CRC32 checksum = new CRC32();
        checksum.update(profile.getBytes(StandardCharsets.UTF_8));
        String safe = UNSAFE.matcher(profile).replaceAll("_");
        String kept = safe.length() > KEPT ? safe.substring(0, KEPT) : safe;
        return new RenditionName(String.format("%s~%08x", kept, checksum.getValue()));
    }

    /** The name in a path, or nothing when it cannot be one. */
    public static Optional<RenditionName> parse(String text) {
        return isValid(text) ? Optional.of(new RenditionName(text)) : Optional.empty();
    }

    private static boolean isValid(String text) {
        return FORM.matcher(text).matches() && !text.equals(".") && !text.equals("..");
    }

    @Override
    public int compareTo(RenditionName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}

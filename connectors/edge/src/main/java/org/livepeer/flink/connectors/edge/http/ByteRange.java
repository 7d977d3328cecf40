package org.livepeer.flink.connectors.edge.http;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One range of bytes that a request asks for (RFC 9110, section 14).
 *
 * @param from first byte
 * @param to last byte
 */
record ByteRange(long from, long to) {
    private static final Pattern FORM = Pattern.compile("bytes=(\\d{0,18})-(\\d{0,18})");

    long length() {
        return to - from + 1;
    }

    /** The range that was asked for; all of it when none was, or one that is not understood. */
    static ByteRange of(@Nullable String header, long size) throws Unsatisfiable {
        ByteRange all = new ByteRange(0, size - 1);
        if (header == null) {
            return all;
        }
        Matcher matcher = FORM.matcher(header);
        if (!matcher.matches()) {
            return all;
        }
        Optional<Long> from = number(matcher.group(1));
        Optional<Long> to = number(matcher.group(2));
        if (from.isEmpty()) {
            long last = to.orElse(0L);
            if (last == 0) {
                return to.isPresent() ? unsatisfiable() : all;
            }
            return new ByteRange(Math.max(0, size - last), size - 1);
        }
        if (from.get() >= size) {
            return unsatisfiable();
        }
        long end = Math.min(to.orElse(size - 1), size - 1);
        return end < from.get() ? all : new ByteRange(from.get(), end);
    }

    private static Optional<Long> number(String digits) {
        return digits.isEmpty() ? Optional.empty() : Optional.of(Long.parseLong(digits));
    }

    private static ByteRange unsatisfiable() throws Unsatisfiable {
        throw new Unsatisfiable();
    }

    /** Nothing of the range is there. */
    static final class Unsatisfiable extends Exception {
        private static final long serialVersionUID = 1L;
    }
}

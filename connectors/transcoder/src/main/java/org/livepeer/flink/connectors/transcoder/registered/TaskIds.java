package org.livepeer.flink.connectors.transcoder.registered;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.OptionalLong;
import org.livepeer.flink.operators.segment.RequestIds;

/**
 * Numbers of tasks: 22 bits of the worker's name, by which any edge finds whose task it is, and 40
 * that nobody guesses. A result names nothing but its task, so who does not know the number cannot
 * answer for another.
 */
final class TaskIds {
    private static final int RANDOM_BITS = 40;
    private static final long RANDOM_MASK = (1L << RANDOM_BITS) - 1;

    private final SecureRandom random = new SecureRandom();

    /** A new number above 0: go-livepeer leaves a 0 out on the wire. */
    long next(String workerId) {
        return (long) owner(workerId) << RANDOM_BITS | Math.max(1, random.nextLong() & RANDOM_MASK);
    }

    /** A number out of a header or a path. */
    static OptionalLong parse(String text) {
        return text.matches("\\d{1,18}|[0-8]\\d{18}")
                ? OptionalLong.of(Long.parseLong(text))
                : OptionalLong.empty();
    }

    /** Whether that worker may have been given the task. */
    static boolean isOf(String workerId, long task) {
        return task > 0 && task >>> RANDOM_BITS == owner(workerId);
    }

    private static int owner(String workerId) {
        return ByteBuffer.wrap(RequestIds.sha256().digest(workerId.getBytes(UTF_8))).getInt()
                >>> 10;
    }
}

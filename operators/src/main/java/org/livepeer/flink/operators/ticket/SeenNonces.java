package org.livepeer.flink.operators.ticket;

import java.util.Arrays;

/**
 * Nonces of one recipientRand that were seen, in any order: at most 600, as in go-livepeer ({@code
 * pm/recipient.go}). Held as a sorted array, which is also its form in state.
 */
public final class SeenNonces {
    /** Most of one recipientRand. */
    public static final int MOST = 600;

    /**
     * Ascending, with the highest bit turned, so that signed order is the order of unsigned
     * numbers.
     */
    private int[] sorted;

    public SeenNonces() {
        this(new int[0]);
    }

    /** Of its form in state: unsigned numbers in ascending order. */
    public SeenNonces(int[] state) {
        this.sorted = turned(state);
    }

    private static int[] turned(int[] numbers) {
        int[] turned = new int[numbers.length];
        for (int i = 0; i < numbers.length; i++) {
            turned[i] = numbers[i] ^ Integer.MIN_VALUE;
        }
        return turned;
    }

    /** How a nonce was taken. */
    public enum Taken {
        /** For the first time. */
        NEW,
        /** It was there: the ticket was paid in already. */
        SEEN,
        /** As many are there as fit. */
        TOO_MANY
    }

    /**
     * Takes a nonce.
     *
     * @param nonce 0 to 2^32 - 1
     */
    public Taken take(long nonce) {
        int key = (int) nonce ^ Integer.MIN_VALUE;
        int at = Arrays.binarySearch(sorted, key);
        if (at >= 0) {
            return Taken.SEEN;
        }
        if (sorted.length >= MOST) {
            return Taken.TOO_MANY;
        }
        int place = -1 - at;
        int[] more = new int[sorted.length + 1];
        System.arraycopy(sorted, 0, more, 0, place);
        more[place] = key;
        System.arraycopy(sorted, place, more, place + 1, sorted.length - place);
        sorted = more;
        return Taken.NEW;
    }

    public int size() {
        return sorted.length;
    }

    /** Its form in state. */
    public int[] toArray() {
        return turned(sorted);
    }
}

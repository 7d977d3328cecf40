package org.livepeer.flink.operators.ledger;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.operators.money.Fraction;

/**
 * @param pricePerPixel wei per pixel where no price list says otherwise, {@code NUM} or {@code
 *     NUM/DEN}; 0 serves everybody for nothing
 * @param sessionTimeoutMs a pause longer than that between two pushes begins a new session, at the
 *     price of then
 * @param resultKeptMs within that time after its first push a paid request is answered from the
 *     kept result and not charged
 * @param settleGraceMs a reservation without receipt is given back that long after its deadline
 * @param entryRetentionMs how long a request is remembered; longer than {@code receipts} are kept
 * @param creditTtlMs what is left on an account that long after its last push or grant is closed; 0
 *     for never
 * @param maxOverdraft wei that an account paid by tickets may go below zero; empty for the fee of
 *     ten seconds of its ladder
 */
public record LedgerOptions(
        String pricePerPixel,
        long sessionTimeoutMs,
        long resultKeptMs,
        long settleGraceMs,
        long entryRetentionMs,
        long creditTtlMs,
        String maxOverdraft)
        implements Serializable {
    public LedgerOptions {
        if (Fraction.parse(pricePerPixel).signum() < 0) {
            throw new IllegalArgumentException(
                    "pricePerUnit " + pricePerPixel + " must be 0 or more");
        }
        if (!maxOverdraft.isEmpty() && Fraction.parse(maxOverdraft).signum() < 0) {
            throw new IllegalArgumentException(
                    "maxOverdraft " + maxOverdraft + " must be 0 or more");
        }
        if (sessionTimeoutMs <= 0 || resultKeptMs < 0 || settleGraceMs < 0 || creditTtlMs < 0) {
            throw new IllegalArgumentException("times must not be negative: " + sessionTimeoutMs);
        }
    }

    /** Free of charge, 70 s, 60 s, 60 s, 25 h, never. */
    public static LedgerOptions defaults() {
        return new LedgerOptions("0", 70_000, 60_000, 60_000, 25L * 3_600_000, 0, "");
    }

    /** The same with another price. */
    public LedgerOptions withPrice(String price) {
        return new LedgerOptions(
                price,
                sessionTimeoutMs,
                resultKeptMs,
                settleGraceMs,
                entryRetentionMs,
                creditTtlMs,
                maxOverdraft);
    }

    Fraction price() {
        return Fraction.parse(pricePerPixel);
    }

    /** Null for the fee of ten seconds. */
    @Nullable Fraction overdraft() {
        return maxOverdraft.isEmpty() ? null : Fraction.parse(maxOverdraft);
    }
}

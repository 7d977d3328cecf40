package org.livepeer.flink.operators.ledger;

import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.schemas.AccountState;
import org.livepeer.flink.schemas.Rational;

/** Sums over an account. */
public final class Accounts {
    private Accounts() {}

    /** An account nothing is known of: everything 0. */
    public static AccountState empty(String account) {
        Rational zero = Fraction.ZERO.toRational();
        return AccountState.newBuilder()
                .setAccount(account)
                .setGranted(zero)
                .setTicketCredit(zero)
                .setBalance(zero)
                .setReserved(zero)
                .setFees(zero)
                .setExpired(zero)
                .setCreditLimit(zero)
                .build();
    }

    /** All wei that ever came in: grants and ticket credit. */
    public static Fraction in(AccountState account) {
        return Fraction.of(account.getGranted()).plus(Fraction.of(account.getTicketCredit()));
    }

    /** Where that wei is now: balance, reserved, fees and expired. */
    public static Fraction accountedFor(AccountState account) {
        return Fraction.of(account.getBalance())
                .plus(Fraction.of(account.getReserved()))
                .plus(Fraction.of(account.getFees()))
                .plus(Fraction.of(account.getExpired()));
    }

    /** The sum rule: grants + credit = balance + reserved + fees + expired, to the last wei. */
    public static boolean sumRuleHolds(AccountState account) {
        return in(account).equals(accountedFor(account));
    }
}

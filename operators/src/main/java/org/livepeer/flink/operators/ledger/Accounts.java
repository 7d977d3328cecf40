package org.livepeer.flink.operators.ledger;

import java.util.regex.Pattern;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.schemas.AccountState;
import org.livepeer.flink.schemas.Rational;

/** Sums over an account. */
public final class Accounts {
    private static final Pattern NAME = Pattern.compile("(manifest|sender|session):.+");

    private Accounts() {}

    /** Whether a stream of events is that of an account, and not of a cell. */
    public static boolean isAccount(String stream) {
        return NAME.matcher(stream).matches();
    }

    /**
     * The account of what a sender pays with tickets.
     *
     * @param sender 0x and 40 hex digits in lower case
     * @param id of the auth token's session, or the stream where no session is paid for
     */
    public static String ofSession(String sender, String id) {
        return "session:" + sender + ":" + id;
    }

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

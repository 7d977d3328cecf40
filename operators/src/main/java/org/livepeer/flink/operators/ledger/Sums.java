package org.livepeer.flink.operators.ledger;

import java.util.Map;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.schemas.AccountState;

/**
 * An account's money, wei: granted = balance + reserved + fees + expired, to the last wei.
 *
 * @param granted all that ever came in
 * @param balance can be reserved
 * @param reserved held by requests
 * @param fees charged
 * @param expired closed
 */
public record Sums(
        Fraction granted, Fraction balance, Fraction reserved, Fraction fees, Fraction expired) {
    /** An account nothing is known of. */
    public static final Sums ZERO =
            new Sums(Fraction.ZERO, Fraction.ZERO, Fraction.ZERO, Fraction.ZERO, Fraction.ZERO);

    public static Sums of(AccountState account) {
        return new Sums(
                Accounts.in(account),
                Fraction.of(account.getBalance()),
                Fraction.of(account.getReserved()),
                Fraction.of(account.getFees()),
                Fraction.of(account.getExpired()));
    }

    /** As {@link #tell} wrote them. */
    static Sums read(Map<String, String> numbers) {
        return new Sums(
                number(numbers, "granted"),
                number(numbers, "balance"),
                number(numbers, "reserved"),
                number(numbers, "fees"),
                number(numbers, "expired"));
    }

    /** Puts them among an event's numbers. */
    void tell(Map<String, String> numbers) {
        numbers.put("granted", granted.toString());
        numbers.put("balance", balance.toString());
        numbers.put("reserved", reserved.toString());
        numbers.put("fees", fees.toString());
        numbers.put("expired", expired.toString());
    }

    /** These after an event, by the amounts that it names. */
    Sums after(String type, Map<String, String> numbers) {
        return switch (type) {
            case "CreditGranted" -> {
                Fraction amount = number(numbers, "amount");
                yield new Sums(granted.plus(amount), balance.plus(amount), reserved, fees, expired);
            }
            case "PaymentAccepted", "PaymentRefused" -> {
                Fraction credit = number(numbers, "credit");
                yield new Sums(granted.plus(credit), balance.plus(credit), reserved, fees, expired);
            }
            case "Reserved" -> {
                Fraction needed = number(numbers, "needed");
                yield new Sums(
                        granted, balance.minus(needed), reserved.plus(needed), fees, expired);
            }
            case "Charged" -> {
                Fraction held = number(numbers, "released");
                Fraction fee = number(numbers, "fee");
                yield new Sums(
                        granted,
                        balance.plus(held).minus(fee),
                        reserved.minus(held),
                        fees.plus(fee),
                        expired);
            }
            case "Released" -> {
                Fraction held = number(numbers, "released");
                yield new Sums(granted, balance.plus(held), reserved.minus(held), fees, expired);
            }
            case "CreditExpired" -> {
                Fraction closed = number(numbers, "closed");
                yield new Sums(
                        granted, balance.minus(closed), reserved, fees, expired.plus(closed));
            }
            default -> this;
        };
    }

    private static Fraction number(Map<String, String> numbers, String name) {
        String text = numbers.get(name);
        if (text == null) {
            throw new IllegalArgumentException("the event does not say its '" + name + "'");
        }
        return Fraction.parse(text);
    }
}

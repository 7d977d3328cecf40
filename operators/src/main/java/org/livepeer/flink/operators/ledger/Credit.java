package org.livepeer.flink.operators.ledger;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.schemas.AccountState;
import org.livepeer.flink.schemas.ControlCommand;
import org.livepeer.flink.schemas.GrantCredit;
import org.livepeer.flink.schemas.SetCreditLimit;

/** Why an account may spend: what an operator granted. Every kind books itself, once. */
public sealed interface Credit {
    /** The credit that a command gives; null when it is about something else. */
    static @Nullable Credit of(ControlCommand command) {
        if (command.getCommand() instanceof GrantCredit grant) {
            return new Prepaid(Fraction.of(grant.getAmount()));
        }
        if (command.getCommand() instanceof SetCreditLimit set) {
            return new Postpaid(Fraction.of(set.getLimit()));
        }
        return null;
    }

    /** What is wrong with it; empty when it can be booked. */
    String problem();

    /** Changes the account. */
    void book(AccountState account, long appendedAtMs);

    /** Type of the event that tells of it. */
    String event();

    /** Its amount, for the event. */
    Map<String, String> numbers();

    /**
     * Money that the operator adds.
     *
     * @param wei above 0
     */
    record Prepaid(Fraction wei) implements Credit {
        @Override
        public String problem() {
            return wei.signum() > 0 ? "" : "a grant must be above 0 wei";
        }

        @Override
        public void book(AccountState account, long appendedAtMs) {
            account.setGranted(Fraction.of(account.getGranted()).plus(wei).toRational());
            account.setBalance(Fraction.of(account.getBalance()).plus(wei).toRational());
            account.setLastCreditAtMs(appendedAtMs);
        }

        @Override
        public String event() {
            return "CreditGranted";
        }

        @Override
        public Map<String, String> numbers() {
            return Map.of("amount", wei.toString());
        }
    }

    /**
     * How far below zero the account may go.
     *
     * @param limit wei, 0 or more
     */
    record Postpaid(Fraction limit) implements Credit {
        @Override
        public String problem() {
            return limit.signum() >= 0 ? "" : "a credit limit must be 0 wei or more";
        }

        @Override
        public void book(AccountState account, long appendedAtMs) {
            account.setCreditLimit(limit.toRational());
        }

        @Override
        public String event() {
            return "CreditLimitSet";
        }

        @Override
        public Map<String, String> numbers() {
            return Map.of("creditLimit", limit.toString());
        }
    }
}

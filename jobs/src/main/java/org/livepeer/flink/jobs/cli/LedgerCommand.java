package org.livepeer.flink.jobs.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.connectors.kafka.client.Compacted;
import org.livepeer.flink.connectors.kafka.client.EventTail;
import org.livepeer.flink.jobs.orchestrator.SavedState;
import org.livepeer.flink.operators.ledger.Accounts;
import org.livepeer.flink.operators.ledger.LedgerReplay;
import org.livepeer.flink.operators.ledger.Sums;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.schemas.AccountState;
import org.livepeer.flink.schemas.LedgerEntry;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows accounts, live or from a savepoint, and checks the sum rule. */
@Command(
        name = "ledger",
        description = "Balances in wei, live or from a savepoint; exit code 1 when a sum is off.")
final class LedgerCommand implements Callable<Integer> {
    @Mixin Connection connection = new Connection();
    @Mixin Format format = new Format();

    @Parameters(
            arity = "0..1",
            paramLabel = "MANIFEST",
            description = "a manifest, a sender, or an account such as sender:0x...")
    @Nullable String wanted;

    @Option(
            names = {"-savepoint", "--savepoint"},
            paramLabel = "PATH",
            description = "read the state of a savepoint or checkpoint instead of the live one")
    @Nullable String savepoint;

    @Option(
            names = {"-check", "--check"},
            description = "only check: granted + credit = balance + reserved + fees + expired")
    boolean check;

    @Option(
            names = {"-replay", "--replay"},
            description = "fold the events and compare: exit code 1 when a balance differs")
    boolean replay;

    @Override
    public Integer call() throws Exception {
        List<AccountState> accounts = accounts();
        if (replay) {
            return replayed(accounts);
        }
        List<List<String>> rows = new ArrayList<>();
        Fraction in = Fraction.ZERO;
        Fraction out = Fraction.ZERO;
        int wrong = 0;
        for (AccountState account : accounts) {
            in = in.plus(Accounts.in(account));
            out = out.plus(Accounts.accountedFor(account));
            boolean holds = Accounts.sumRuleHolds(account);
            wrong += holds ? 0 : 1;
            rows.add(row(account, holds));
        }
        if (!check) {
            format.print(
                    List.of(
                            "account",
                            "balance",
                            "reserved",
                            "fees",
                            "granted",
                            "credit",
                            "expired",
                            "limit",
                            "segments",
                            "open",
                            "sum"),
                    rows);
        }
        if (check || !format.json) {
            System.out.printf(
                    "%d accounts, in %s wei, accounted for %s wei, %d off%n",
                    accounts.size(), in, out, wrong);
        }
        return wrong == 0 && in.equals(out) ? 0 : 1;
    }

    /** The state was read before the events, so each of its numbers is among them. */
    private int replayed(List<AccountState> accounts) {
        LedgerReplay history = new LedgerReplay();
        try (EventTail events = new EventTail(connection.address(), true)) {
            events.untilNow(history::accept);
        }
        List<List<String>> rows = new ArrayList<>();
        int wrong = history.problems().size();
        for (AccountState account : accounts) {
            Sums state = Sums.of(account);
            Optional<Sums> folded = history.at(account.getAccount(), account.getEventSequence());
            boolean same = folded.filter(state::equals).isPresent();
            wrong += same ? 0 : 1;
            rows.add(
                    List.of(
                            account.getAccount(),
                            Long.toString(account.getEventSequence()),
                            state.balance().toString(),
                            folded.map(sums -> sums.balance().toString()).orElse("unknown"),
                            same ? "ok" : "OFF"));
        }
        format.print(List.of("account", "event", "balance", "replayed", "replay"), rows);
        history.problems().forEach(System.out::println);
        return wrong == 0 ? 0 : 1;
    }

    private List<AccountState> accounts() throws Exception {
        List<AccountState> all = new ArrayList<>();
        if (savepoint != null) {
            all.addAll(SavedState.accounts(savepoint));
        } else {
            Compacted.read(connection.address(), Topics.LEDGER, LedgerEntry.class, null)
                    .values()
                    .forEach(entry -> all.add(entry.getState()));
        }
        if (wanted != null) {
            all.removeIf(account -> !names(account.getAccount()));
            if (all.isEmpty()) {
                throw new IllegalStateException("no account is known for " + wanted);
            }
        }
        return all;
    }

    private boolean names(String account) {
        return account.equals(wanted)
                || account.equals("manifest:" + wanted)
                || account.equalsIgnoreCase("sender:" + wanted)
                || (account.startsWith("session:") && account.endsWith(":" + wanted));
    }

    private static List<String> row(AccountState account, boolean holds) {
        return List.of(
                account.getAccount(),
                Fraction.of(account.getBalance()).toString(),
                Fraction.of(account.getReserved()).toString(),
                Fraction.of(account.getFees()).toString(),
                Fraction.of(account.getGranted()).toString(),
                Fraction.of(account.getTicketCredit()).toString(),
                Fraction.of(account.getExpired()).toString(),
                Fraction.of(account.getCreditLimit()).toString(),
                Long.toString(account.getChargedSegments()),
                Integer.toString(account.getOutstanding()),
                holds ? "ok" : "OFF");
    }
}

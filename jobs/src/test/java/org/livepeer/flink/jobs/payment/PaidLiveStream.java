package org.livepeer.flink.jobs.payment;

import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.livepeer.flink.connectors.edge.payment.PaymentDesk;
import org.livepeer.flink.connectors.ethereum.keys.AccountKey;
import org.livepeer.flink.connectors.gateway.GatewayStream;
import org.livepeer.flink.connectors.gateway.OrchestratorClient;
import org.livepeer.flink.connectors.gateway.OrchestratorException;
import org.livepeer.flink.connectors.gateway.TicketPurse;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.connectors.transcoder.media.SyntheticOptions;
import org.livepeer.flink.connectors.transcoder.media.SyntheticSource;
import org.livepeer.flink.jobs.TopicTail;
import org.livepeer.flink.operators.auth.ClusterSecret;
import org.livepeer.flink.operators.ledger.Accounts;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.operators.segment.ProfileText;
import org.livepeer.flink.operators.ticket.Bytes;
import org.livepeer.flink.schemas.AccountState;
import org.livepeer.flink.schemas.ChainWorkState;
import org.livepeer.flink.schemas.LedgerEntry;
import org.livepeer.flink.schemas.Redemption;
import org.livepeer.flink.schemas.WinningTicket;

/**
 * A gateway's stream, a segment a second, that pays with tickets; and what must be true of its
 * money when it is over, whatever died meanwhile.
 */
public final class PaidLiveStream implements AutoCloseable {
    private static final int SEGMENT_MS = 1_000;
    private static final Duration BOUND = Duration.ofSeconds(150);

    private final AccountKey key;
    private final OrchestratorClient client;
    private final TicketPurse purse;
    private final GatewayStream stream;
    private final List<PayingGateway.Sent> sent = new ArrayList<>();

    /** Sessions of which every segment came through: both sides' books must be the same. */
    private final Set<String> whole = new TreeSet<>();

    private final List<String> failures = new CopyOnWriteArrayList<>();
    private final Thread pusher = new Thread(this::run, "paid-stream");
    private volatile boolean pushing = true;
    private volatile int pushed;

    /**
     * @param key who pays
     * @param profile one preset's name
     */
    public PaidLiveStream(AccountKey key, InetSocketAddress orchestrator, String profile)
            throws Exception {
        this.key = key;
        client = new OrchestratorClient(orchestrator);
        purse =
                new TicketPurse(
                        key,
                        (offer, ticket, signature) ->
                                sent.add(new PayingGateway.Sent(offer, ticket, signature)));
        stream =
                new GatewayStream(
                        client, purse, "paid", ProfileText.parse(profile), GatewayStream.TRIES);
    }

    public void start() {
        pusher.start();
    }

    private void run() {
        List<byte[]> media = new ArrayList<>();
        try (SyntheticSource source =
                new SyntheticSource(SyntheticOptions.of(320, 180, 30).withSegmentMs(SEGMENT_MS))) {
            for (int i = 0; i < 4; i++) {
                media.add(source.next().bytes());
            }
        }
        try {
            while (pushing) {
                push(media.get(pushed % media.size()));
                pushed++;
                TimeUnit.MILLISECONDS.sleep(SEGMENT_MS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void push(byte[] media) {
        String before = stream.session();
        try {
            stream.push(pushed, media, SEGMENT_MS);
            whole.add(stream.session());
            if (!stream.session().equals(before)) {
                // What was tried in the one before went wrong, unless that was at its end.
                whole.remove(before);
            }
        } catch (OrchestratorException e) {
            whole.remove(before);
            failures.add(pushed + " " + e.getMessage());
        }
    }

    /** Segments so far, and those that no try brought through. */
    public String told() {
        return pushed + " pushed, " + failures.size() + " failed " + failures;
    }

    /**
     * Ends the stream and checks every wei.
     *
     * @param deposit what the gateway had before the first segment, wei
     */
    public void finish(KafkaAddress kafka, ClusterSecret secret, DevChain chain, BigInteger deposit)
            throws Exception {
        pushing = false;
        pusher.join(BOUND.toMillis());
        assertThat(pusher.isAlive()).as("the stream has ended").isFalse();
        assertThat(pushed - failures.size()).as("segments that came through").isPositive();

        Map<String, AccountState> accounts = accounts(kafka);
        assertThat(accounts.values()).allMatch(Accounts::sumRuleHolds);
        Map<String, Integer> tickets = new TreeMap<>();
        sent.forEach(each -> tickets.merge(each.session(), 1, Integer::sum));
        for (AccountState account : accounts.values()) {
            String session = session(account);
            Fraction most =
                    sent.stream()
                            .filter(each -> each.session().equals(session))
                            .map(each -> each.ticket().expectedValue())
                            .reduce(Fraction.ZERO, Fraction::plus);
            assertThat(Fraction.of(account.getTicketCredit()))
                    .as("credit of %s, which got %s tickets", session, tickets.get(session))
                    .isLessThanOrEqualTo(most);
        }
        for (String session : whole) {
            AccountState account = accounts.get(PaymentDesk.account(key.address(), session));
            assertThat(account).as(session).isNotNull();
            assertThat(Fraction.of(account.getBalance()))
                    .as("balance of %s on both sides", session)
                    .isEqualTo(purse.balance(session));
        }
        Set<String> won = wins(kafka);
        Set<String> sure =
                WonTickets.among(sent, key.address(), secret).entrySet().stream()
                        .filter(each -> whole.contains(each.getValue()))
                        .map(Map.Entry::getKey)
                        .collect(toSet());
        assertThat(won).as("every win of sessions that are whole").containsAll(sure);

        Map<String, Redemption> redeemed = redeemed(kafka, won);
        assertThat(redeemed.values())
                .extracting(Redemption::getState)
                .containsOnly(ChainWorkState.CONFIRMED);
        BigInteger paid =
                redeemed.values().stream()
                        .map(each -> Bytes.number(each.getPayout()))
                        .reduce(BigInteger.ZERO, BigInteger::add);
        BigInteger faceValues =
                redeemed.values().stream()
                        .map(each -> Bytes.number(each.getTicket().getFaceValue()))
                        .reduce(BigInteger.ZERO, BigInteger::add);
        assertThat(paid).isEqualTo(faceValues);
        assertThat(deposit.subtract(chain.deposit())).as("taken from the deposit").isEqualTo(paid);
        System.out.println(
                "paid stream: "
                        + told()
                        + ", "
                        + accounts.size()
                        + " sessions ("
                        + whole.size()
                        + " whole), "
                        + sent.size()
                        + " tickets, "
                        + won.size()
                        + " won and redeemed, "
                        + paid
                        + " wei");
    }

    private static String session(AccountState account) {
        return account.getAccount().substring(account.getAccount().lastIndexOf(':') + 1);
    }

    /** The gateway's accounts, once nothing is under way in them. */
    private Map<String, AccountState> accounts(KafkaAddress kafka) {
        String own = PaymentDesk.account(key.address(), "");
        Map<String, AccountState> last = new TreeMap<>();
        try (TopicTail ledger = new TopicTail(kafka, Topics.LEDGER)) {
            ledger.until(
                    all -> {
                        all.stream()
                                .map(r -> TopicTail.decode(LedgerEntry.class, r).getState())
                                .filter(state -> state.getAccount().startsWith(own))
                                .forEach(state -> last.put(state.getAccount(), state));
                        return last.values().stream().allMatch(a -> a.getOutstanding() == 0)
                                && whole.stream()
                                        .map(s -> last.get(PaymentDesk.account(key.address(), s)))
                                        .allMatch(
                                                a ->
                                                        a != null
                                                                && Fraction.of(a.getBalance())
                                                                        .equals(
                                                                                purse.balance(
                                                                                        session(
                                                                                                a))));
                    },
                    BOUND);
        }
        return last;
    }

    private static Set<String> wins(KafkaAddress kafka) {
        try (TopicTail tail = new TopicTail(kafka, Topics.WINNING_TICKETS)) {
            return tail.now().stream()
                    .map(r -> TopicTail.decode(WinningTicket.class, r).getTicketHash())
                    .map(hash -> HexFormat.of().formatHex(Bytes.of(hash)))
                    .collect(toSet());
        }
    }

    /** What became of the wins, once nothing more can become of them. */
    private static Map<String, Redemption> redeemed(KafkaAddress kafka, Set<String> won) {
        Map<String, Redemption> last = new TreeMap<>();
        try (TopicTail tail = new TopicTail(kafka, Topics.REDEMPTIONS)) {
            tail.until(
                    all -> {
                        last.putAll(
                                all.stream()
                                        .map(r -> TopicTail.decode(Redemption.class, r))
                                        .collect(
                                                toMap(
                                                        each ->
                                                                HexFormat.of()
                                                                        .formatHex(
                                                                                Bytes.of(
                                                                                        each.getTicket()
                                                                                                .getTicketHash())),
                                                        each -> each,
                                                        (older, newer) -> newer)));
                        return last.keySet().equals(won)
                                && last.values().stream()
                                        .allMatch(
                                                each ->
                                                        each.getState()
                                                                        .compareTo(
                                                                                ChainWorkState
                                                                                        .CONFIRMED)
                                                                >= 0);
                    },
                    BOUND);
        }
        return last;
    }

    @Override
    public void close() {
        pushing = false;
        client.close();
    }
}

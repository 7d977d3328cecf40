package org.livepeer.flink.jobs.payment;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.livepeer.flink.connectors.ethereum.keys.AccountKey;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.jobs.LocalWorkers;
import org.livepeer.flink.jobs.OrchestratorRig;
import org.livepeer.flink.jobs.TopicTail;
import org.livepeer.flink.jobs.orchestrator.SavedState;
import org.livepeer.flink.operators.hash.Keccak256;
import org.livepeer.flink.operators.ledger.Accounts;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.operators.segment.Presets;
import org.livepeer.flink.operators.ticket.Bytes;
import org.livepeer.flink.operators.ticket.Recipient;
import org.livepeer.flink.operators.ticket.RecipientRands;
import org.livepeer.flink.operators.ticket.Ticket;
import org.livepeer.flink.schemas.AccountState;
import org.livepeer.flink.schemas.Event;
import org.livepeer.flink.schemas.LedgerEntry;
import org.livepeer.flink.schemas.Profile;
import org.livepeer.flink.schemas.RecordCodec;
import org.livepeer.flink.schemas.TicketPayment;
import org.livepeer.flink.schemas.WinningTicket;
import org.livepeer.flink.schemas.net.Payment;
import org.livepeer.flink.schemas.net.TicketParams;
import org.livepeer.flink.schemas.net.TicketSenderParams;

/**
 * A savepoint in the middle of a paid stream, with the records of its payments: {@value #SEGMENTS}
 * segments came with {@value #TICKETS} tickets each, all but the last are charged, and that one is
 * reserved and under way.
 */
public final class PaidFixture {
    /** All that are stored. */
    public static final Path STORED = Path.of("src", "test", "resources", "paid-savepoints");

    static final int SEGMENTS = 4;
    static final int TICKETS = 12;
    static final List<Profile> LADDER =
            List.of(Presets.byName("P144p30fps16x9"), Presets.byName("P240p30fps16x9"));
    static final AccountKey GATEWAY = key("gateway of the fixture");
    static final String PAYMENTS = "payments";

    /** Savepoint and payments were not written at the same instant. */
    private static final long MARGIN_MS = Duration.ofMinutes(2).toMillis();

    private final Path folder;
    private final List<TicketPayment> payments;

    private PaidFixture(Path folder, List<TicketPayment> payments) {
        this.folder = folder;
        this.payments = payments;
    }

    static AccountKey key(String of) {
        return new AccountKey(Keccak256.of(of.getBytes(UTF_8)));
    }

    /** A copy of one that was stored. */
    public static PaidFixture copy(Path stored, Path to) throws Exception {
        FileUtils.copyDirectory(stored.toFile(), to.toFile());
        List<TicketPayment> payments = new ArrayList<>();
        try (Stream<Path> files = Files.list(to.resolve(PAYMENTS))) {
            for (Path each : files.sorted().toList()) {
                payments.add(RecordCodec.of(TicketPayment.class).decode(Files.readAllBytes(each)));
            }
        }
        assertThat(payments).hasSize(SEGMENTS);
        FileUtils.deleteDirectory(to.resolve(PAYMENTS).toFile());
        return new PaidFixture(to, payments);
    }

    /** What a job is begun from. */
    public Path savepoint() {
        return folder;
    }

    /** A place for a rig that has the secret which the tickets' rands are derived from. */
    public static Path place(Path folder) throws IOException {
        Files.createDirectories(folder);
        Path file =
                Files.createFile(
                        folder.resolve("cluster.secret"),
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, "what all fixtures know");
        return folder;
    }

    /**
     * Has the savepoint look as if it was taken just now. Nonces are forgotten two days after they
     * were seen, by a clock that cannot be set; the instants at which state was last touched stand
     * in it as eight bytes, most significant first, and nothing else there looks like an instant of
     * those minutes.
     */
    public void refresh() throws IOException {
        long first = payments.get(0).getArrivedAtMs() - MARGIN_MS;
        long last = payments.get(payments.size() - 1).getArrivedAtMs();
        long shift = System.currentTimeMillis() - last;
        int found = 0;
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
                for (int at = 0; at + Long.BYTES <= bytes.capacity(); at++) {
                    long instant = bytes.getLong(at);
                    if (instant >= first && instant <= last + MARGIN_MS) {
                        bytes.putLong(at, instant + shift);
                        found++;
                    }
                }
                Files.write(file, bytes.array());
            }
        }
        assertThat(found).as("instants in the savepoint").isPositive();
    }

    /** The account as the savepoint holds it, which is what the payments say, to the wei. */
    public void reads() throws Exception {
        List<AccountState> all = SavedState.accounts(folder.toUri().toString());
        assertThat(all).hasSize(1);
        AccountState account = all.get(0);
        assertThat(account.getAccount()).isEqualTo(payments.get(0).getAccount());
        assertThat(account.getOutstanding()).isOne();
        long estimated = payments.get(SEGMENTS - 1).getEstimatedPixels();
        Fraction reserved = price().times(estimated + (estimated * 2 + 99) / 100);
        assertThat(Fraction.of(account.getReserved())).isEqualTo(reserved);
        assertThat(Fraction.of(account.getBalance())).isEqualTo(settled().minus(reserved));
        holds(account, credit(SEGMENTS * TICKETS));
    }

    private void holds(AccountState account, Fraction credit) {
        assertThat(Fraction.of(account.getTicketCredit())).isEqualTo(credit);
        assertThat(credit.denominator()).isGreaterThan(BigInteger.ONE);
        assertThat(account.getChargedSegments()).isEqualTo(SEGMENTS - 1);
        assertThat(Fraction.of(account.getFees())).isEqualTo(fees());
        assertThat(Accounts.sumRuleHolds(account)).isTrue();
    }

    private Fraction price() {
        return Fraction.of(payments.get(0).getPrice());
    }

    private Fraction fees() {
        return price().times((SEGMENTS - 1) * LADDER.size() * LocalWorkers.PIXELS);
    }

    /** Credit of so many tickets, wei. */
    private Fraction credit(int tickets) {
        return ticket(wire(payments.get(0)), 1).expectedValue().times(tickets);
    }

    /** The balance when nothing is reserved any more. */
    private Fraction settled() {
        return credit(SEGMENTS * TICKETS).minus(fees());
    }

    private static Payment wire(TicketPayment payment) {
        try {
            return Payment.parseFrom(ByteString.copyFrom(payment.getPayment().duplicate()));
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    private static Ticket ticket(Payment payment, long nonce) {
        TicketParams params =
                payment.getTicketParams().toBuilder()
                        .setExpirationParams(payment.getExpirationParams())
                        .build();
        return new PayingGateway(GATEWAY, 0, LADDER).ticket(params, nonce);
    }

    /**
     * What a job that began from it must do with the money: the reservation comes back, its segment
     * failing now; every ticket that was paid in before is refused, and a new one is taken.
     */
    public void goesOn(OrchestratorRig rig) throws Exception {
        AccountState released = await(rig, account -> account.getOutstanding() == 0);
        holds(released, credit(SEGMENTS * TICKETS));
        assertThat(Fraction.of(released.getBalance())).isEqualTo(settled());
        try (ChainRowsWriter edge = new ChainRowsWriter(rig.address, rig.secret)) {
            for (TicketPayment each : payments) {
                Event said = pay(rig.address, edge, each, wire(each), "again");
                assertThat(said.getType()).isEqualTo("PaymentRefused");
                assertThat(said.getReason())
                        .startsWith("invalid ticket senderNonce: already seen sender=");
                assertThat(said.getNumbers())
                        .containsEntry("taken", "0")
                        .containsEntry("credit", "0");
            }
            paysOnce(rig.address, edge, SEGMENTS * TICKETS + 1);
        }
        Fraction credit = credit(SEGMENTS * TICKETS + 1);
        AccountState after =
                await(rig, account -> Fraction.of(account.getTicketCredit()).equals(credit));
        holds(after, credit);
        assertThat(Fraction.of(after.getBalance())).isEqualTo(settled().plus(credit(1)));
        // A win that is paid again is told again: settlement knows it by its hash.
        assertThat(written(rig)).isNotEmpty().containsAll(won(rig));
    }

    /** Pays one more ticket, which must be credited. */
    void paysOnce(KafkaAddress kafka, ChainRowsWriter edge, int nonce) throws Exception {
        Payment first = wire(payments.get(0));
        byte[] signature = GATEWAY.sign(ticket(first, nonce).hash());
        Payment more =
                first.toBuilder()
                        .clearTicketSenderParams()
                        .addTicketSenderParams(
                                TicketSenderParams.newBuilder()
                                        .setSenderNonce(nonce)
                                        .setSig(ByteString.copyFrom(signature)))
                        .build();
        Event said = pay(kafka, edge, payments.get(0), more, "nonce-" + nonce);
        assertThat(said.getNumbers())
                .containsEntry("taken", "1")
                .containsEntry("credit", credit(1).toString());
    }

    /** As an edge writes it; what Ledger said. */
    private static Event pay(
            KafkaAddress kafka,
            ChainRowsWriter edge,
            TicketPayment like,
            Payment payment,
            String mark)
            throws Exception {
        TicketPayment record =
                TicketPayment.newBuilder(like)
                        .setPaymentId(like.getPaymentId() + "-" + mark)
                        .setPayment(ByteBuffer.wrap(payment.toByteArray()))
                        .setArrivedAtMs(System.currentTimeMillis())
                        .build();
        edge.write(Topics.PAYMENTS, record.getSessionId(), record);
        Event[] said = new Event[1];
        try (TopicTail events = new TopicTail(kafka, Topics.EVENTS)) {
            events.until(
                    all -> {
                        for (ConsumerRecord<byte[], byte[]> each : all) {
                            Event event = TopicTail.decode(Event.class, each);
                            if (record.getPaymentId().equals(event.getNumbers().get("payment"))) {
                                said[0] = event;
                            }
                        }
                        return said[0] != null;
                    },
                    OrchestratorRig.PATIENCE);
        }
        return said[0];
    }

    static AccountState await(OrchestratorRig rig, Predicate<AccountState> wanted) {
        AccountState[] last = new AccountState[1];
        try (TopicTail ledger = rig.tail(Topics.LEDGER)) {
            ledger.until(
                    all -> {
                        for (ConsumerRecord<byte[], byte[]> each : all) {
                            last[0] = TopicTail.decode(LedgerEntry.class, each).getState();
                        }
                        return last[0] != null && wanted.test(last[0]);
                    },
                    OrchestratorRig.PATIENCE);
        }
        return last[0];
    }

    private static Set<String> written(OrchestratorRig rig) {
        Set<String> hashes = new TreeSet<>();
        try (TopicTail wins = rig.tail(Topics.WINNING_TICKETS)) {
            wins.now()
                    .forEach(
                            r ->
                                    hashes.add(
                                            hex(
                                                    TopicTail.decode(WinningTicket.class, r)
                                                            .getTicketHash())));
        }
        return hashes;
    }

    private static String hex(ByteBuffer bytes) {
        return HexFormat.of().formatHex(Bytes.of(bytes));
    }

    /** Hashes of the tickets that pay. */
    private Set<String> won(OrchestratorRig rig) {
        Set<String> hashes = new TreeSet<>();
        for (TicketPayment each : payments) {
            Payment payment = wire(each);
            var params = payment.getTicketParams();
            Ticket any = ticket(payment, 1);
            BigInteger rand =
                    Recipient.secret(rig.secret)
                            .rand(
                                    new RecipientRands.Bound(
                                            each.getSessionId(),
                                            new BigInteger(1, params.getSeed().toByteArray()),
                                            GATEWAY.address(),
                                            any.faceValue(),
                                            any.winProb(),
                                            new BigInteger(
                                                    1, params.getExpirationBlock().toByteArray()),
                                            price(),
                                            any.creationRound(),
                                            any.creationRoundBlockHash()));
            for (TicketSenderParams sent : payment.getTicketSenderParamsList()) {
                Ticket ticket = ticket(payment, sent.getSenderNonce());
                if (ticket.wins(sent.getSig().toByteArray(), rand)) {
                    hashes.add(HexFormat.of().formatHex(ticket.hash()));
                }
            }
        }
        return hashes;
    }
}

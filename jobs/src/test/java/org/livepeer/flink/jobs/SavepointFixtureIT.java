package org.livepeer.flink.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.core.execution.JobClient;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.livepeer.flink.connectors.kafka.TopicRights;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.jobs.orchestrator.SavedState;
import org.livepeer.flink.jobs.payment.PaidFixture;
import org.livepeer.flink.jobs.payment.PaidFixtureWriter;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.operators.ledger.Accounts;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.operators.transcode.WorkerClient;
import org.livepeer.flink.schemas.AccountState;
import org.livepeer.flink.schemas.ChainWorkState;
import org.livepeer.flink.schemas.LedgerEntry;
import org.livepeer.flink.schemas.Redemption;
import org.livepeer.flink.schemas.WorkerAddress;

/**
 * The savepoint of each released version is read, and begun from, by today's code. {@code
 * -Dlivepeer.fixture.write=NAME} writes today's as a new fixture first, {@code
 * -Dlivepeer.fixture.paid=NAME} one of a stream that is paid with tickets.
 */
class SavepointFixtureIT {
    private static final Path FIXTURES = Path.of("src", "test", "resources", "savepoints");
    private static final Path SETTLEMENTS = FIXTURES.resolveSibling("settlement-savepoints");
    private static final int FILLER = 60;

    @TempDir Path folder;

    @Test
    void everyReleasedVersionsBalancesAreReadAndGoOn() throws Exception {
        String write = System.getProperty("livepeer.fixture.write");
        if (write != null) {
            write(FIXTURES.resolve(write));
        }
        try (Stream<Path> fixtures = Files.list(FIXTURES)) {
            List<Path> all = fixtures.sorted().toList();
            assertThat(all).isNotEmpty();
            for (Path fixture : all) {
                reads(fixture);
                goesOn(fixture);
            }
        }
    }

    /** One ticket waits for its sender's funds, one is in a transaction. */
    @Test
    void everyReleasedVersionsTicketsAreRead() throws Exception {
        try (Stream<Path> fixtures = Files.list(SETTLEMENTS)) {
            List<Path> all = fixtures.sorted().toList();
            assertThat(all).isNotEmpty();
            for (Path fixture : all) {
                List<Redemption> tickets = SavedState.openTickets(fixture.toUri().toString());
                assertThat(tickets)
                        .extracting(Redemption::getState)
                        .containsExactlyInAnyOrder(ChainWorkState.QUEUED, ChainWorkState.SENT);
                assertThat(tickets)
                        .filteredOn(t -> t.getState() == ChainWorkState.QUEUED)
                        .extracting(Redemption::getReason)
                        .first()
                        .asString()
                        .startsWith("its sender has");
            }
        }
    }

    /** Balances with tickets in them, nonces that were seen, and a segment under way. */
    @Test
    void everyReleasedVersionsTicketsStayTaken() throws Exception {
        String write = System.getProperty("livepeer.fixture.paid");
        if (write != null) {
            PaidFixtureWriter.write(PaidFixture.STORED.resolve(write), folder.resolve("paying"));
        }
        try (Stream<Path> fixtures = Files.list(PaidFixture.STORED)) {
            List<Path> all = fixtures.sorted().toList();
            assertThat(all).isNotEmpty();
            for (Path stored : all) {
                String name = stored.getFileName().toString();
                PaidFixture fixture = PaidFixture.copy(stored, folder.resolve("copy-" + name));
                fixture.refresh();
                fixture.reads();
                Path place = PaidFixture.place(folder.resolve("paid-" + name));
                try (OrchestratorRig rig = new OrchestratorRig(place)) {
                    fillTopics(rig);
                    rig.submit(
                            rig.options(),
                            new RefusingWorkers(),
                            2,
                            fixture.savepoint().toUri().toString());
                    fixture.goesOn(rig);
                }
            }
        }
    }

    /** Has no use for any segment. */
    private static final class RefusingWorkers implements WorkerClient.Factory {
        private static final long serialVersionUID = 1L;

        @Override
        public WorkerClient create() {
            return new WorkerClient() {
                @Override
                public CompletableFuture<Answer> execute(WorkerAddress worker, Order order) {
                    return CompletableFuture.completedFuture(
                            new Failed(Reason.DeadlineExceeded, "too late", false));
                }

                @Override
                public void close() {}
            };
        }
    }

    /** 10 segments of 2000 pixels at 7 wei, out of 1 000 000 000 000. */
    private static void holds(AccountState account) {
        assertThat(Fraction.of(account.getGranted())).isEqualTo(Fraction.of(1_000_000_000_000L));
        assertThat(Fraction.of(account.getFees())).isEqualTo(Fraction.of(10 * 2_000 * 7));
        assertThat(account.getChargedSegments()).isEqualTo(10);
        assertThat(Accounts.sumRuleHolds(account)).isTrue();
    }

    private static void reads(Path fixture) throws Exception {
        List<AccountState> accounts = SavedState.accounts(fixture.toUri().toString());

        assertThat(accounts).hasSize(1);
        holds(accounts.get(0));
        assertThat(SavedState.leases(fixture.toUri().toString()))
                .extracting(lease -> lease.getManifestId())
                .containsExactly("old");
    }

    private void goesOn(Path fixture) throws Exception {
        Path place = folder.resolve(fixture.getFileName());
        try (OrchestratorRig rig = new OrchestratorRig(place)) {
            fillTopics(rig);
            JobClient job =
                    rig.submit(
                            rig.options("--pricePerUnit", "7"),
                            new LocalWorkers(10),
                            2,
                            fixture.toAbsolutePath().toUri().toString());
            rig.grant("manifest:old", 5);
            AccountState account = lastAccount(rig, 1_000_000_000_005L, 0);
            assertThat(Fraction.of(account.getFees())).isEqualTo(Fraction.of(10 * 2_000 * 7));
            assertThat(account.getChargedSegments()).isEqualTo(10);
            assertThat(Accounts.sumRuleHolds(account)).isTrue();
            assertThat(job.getJobStatus().get()).isEqualTo(JobStatus.RUNNING);
        }
    }

    /**
     * The fixture's offsets must exist in every topic that the job reads: what stands before them
     * was read by the old version.
     */
    private static void fillTopics(OrchestratorRig rig) {
        Properties properties = rig.address.producerProperties();
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(
                        properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (TopicRights.Right right : TopicRights.ALL) {
                if (right.role() != TopicRights.Role.JOB
                        || right.operation() != AclOperation.READ) {
                    continue;
                }
                Topics topic = right.topic();
                for (int partition = 0; partition < topic.partitions(); partition++) {
                    for (int i = 0; i < FILLER; i++) {
                        producer.send(
                                new ProducerRecord<>(
                                        topic.baseName(),
                                        partition,
                                        new byte[] {(byte) i},
                                        new byte[] {0}));
                    }
                }
            }
            producer.flush();
        }
    }

    private static AccountState lastAccount(OrchestratorRig rig, long granted, long charged) {
        AccountState[] last = new AccountState[1];
        try (TopicTail ledger = rig.tail(Topics.LEDGER)) {
            ledger.until(
                    all -> {
                        for (ConsumerRecord<byte[], byte[]> record : all) {
                            last[0] = TopicTail.decode(LedgerEntry.class, record).getState();
                        }
                        return last[0] != null
                                && last[0].getChargedSegments() >= charged
                                && Fraction.of(last[0].getGranted()).equals(Fraction.of(granted));
                    },
                    OrchestratorRig.PATIENCE);
        }
        return last[0];
    }

    private void write(Path fixture) throws Exception {
        try (OrchestratorRig rig = new OrchestratorRig(folder.resolve("writing"))) {
            JobClient job =
                    rig.submit(rig.options("--pricePerUnit", "7"), new LocalWorkers(10), 1, null);
            rig.announce("w1");
            rig.grant("manifest:old", 1_000_000_000_000L);
            lastAccount(rig, 1_000_000_000_000L, 0);
            for (int seq = 0; seq < 10; seq++) {
                rig.push("old", seq);
            }
            holds(lastAccount(rig, 1_000_000_000_000L, 10));
            Path savepoint = Path.of(java.net.URI.create(rig.stopWithSavepoint(job)));
            try (Stream<Path> files = Files.walk(savepoint)) {
                for (Path file : files.sorted(Comparator.naturalOrder()).toList()) {
                    Path target = fixture.resolve(savepoint.relativize(file).toString());
                    if (Files.isDirectory(file)) {
                        Files.createDirectories(target);
                    } else {
                        Files.copy(file, target);
                    }
                }
            }
        }
    }
}

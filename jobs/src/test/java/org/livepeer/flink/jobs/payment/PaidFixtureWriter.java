package org.livepeer.flink.jobs.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.livepeer.flink.jobs.payment.PaidFixture.GATEWAY;
import static org.livepeer.flink.jobs.payment.PaidFixture.LADDER;
import static org.livepeer.flink.jobs.payment.PaidFixture.PAYMENTS;
import static org.livepeer.flink.jobs.payment.PaidFixture.SEGMENTS;
import static org.livepeer.flink.jobs.payment.PaidFixture.TICKETS;

import com.linecorp.armeria.common.AggregatedHttpResponse;
import io.grpc.StatusRuntimeException;
import java.math.BigInteger;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.apache.commons.io.FileUtils;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.livepeer.flink.connectors.edge.orchestrator.OrchestratorServer;
import org.livepeer.flink.connectors.ethereum.keys.AccountKey;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.jobs.LocalWorkers;
import org.livepeer.flink.jobs.TopicTail;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.operators.ticket.Recipient;
import org.livepeer.flink.operators.transcode.WorkerClient;
import org.livepeer.flink.schemas.TicketPayment;
import org.livepeer.flink.schemas.WorkerAddress;

/** Makes a {@link PaidFixture} of this version. */
public final class PaidFixtureWriter {
    private static final long BLOCK = 20_000_000;
    private static final BigInteger EV = BigInteger.valueOf(8_000_000_000L);
    private static final AccountKey NODE = PaidFixture.key("orchestrator of the fixture");

    private PaidFixtureWriter() {}

    /**
     * Streams until all but the last segment are charged.
     *
     * @param stored where it is to be, not there yet
     * @param work an empty folder
     */
    public static void write(Path stored, Path work) throws Exception {
        try (PaidBench bench =
                new PaidBench(PaidFixture.place(work), NODE, BLOCK, new SilentAtLast())) {
            OrchestratorServer edge =
                    bench.orchestrator(
                            "edge",
                            Fraction.of(12_000),
                            new Recipient.Terms(EV, 350_000, EV.multiply(BigInteger.valueOf(5))));
            PayingGateway gateway = new PayingGateway(GATEWAY, edge.port(), LADDER);
            bench.chain.funds(gateway.address(), ChainRowsWriter.ETHER, 0);
            greet(gateway);
            for (int seq = 0; seq < SEGMENTS - 1; seq++) {
                assertThat(push(gateway, seq).join().status().code()).isEqualTo(200);
            }
            push(gateway, SEGMENTS - 1);
            PaidFixture.await(
                    bench.rig,
                    account ->
                            account.getOutstanding() == 1
                                    && account.getChargedSegments() == SEGMENTS - 1);
            Path savepoint = Path.of(URI.create(bench.rig.stopWithSavepoint(bench.job)));
            FileUtils.copyDirectory(savepoint.toFile(), stored.toFile());
            Path payments = Files.createDirectories(stored.resolve(PAYMENTS));
            try (TopicTail all = bench.rig.tail(Topics.PAYMENTS)) {
                for (ConsumerRecord<byte[], byte[]> each : all.now()) {
                    TicketPayment payment = TopicTail.decode(TicketPayment.class, each);
                    Files.write(payments.resolve(payment.getArrivedAtMs() + ".avro"), each.value());
                }
            }
            edge.close();
        }
    }

    /** Asks for a session until the edge has read what funds there are. */
    static void greet(PayingGateway gateway) throws InterruptedException {
        for (int tries = 0; ; tries++) {
            try {
                gateway.hello();
                return;
            } catch (StatusRuntimeException e) {
                if (tries > 100) {
                    throw e;
                }
                Thread.sleep(50);
            }
        }
    }

    private static CompletableFuture<AggregatedHttpResponse> push(PayingGateway gateway, int seq) {
        byte[] media = {0x47, (byte) seq};
        return CompletableFuture.supplyAsync(
                () ->
                        gateway.post(
                                "/segment",
                                gateway.payment(TICKETS).build(),
                                gateway.segment(seq, media).build(),
                                media));
    }

    /** Does not answer for the last segment. */
    private static final class SilentAtLast implements WorkerClient.Factory {
        private static final long serialVersionUID = 1L;

        @Override
        public WorkerClient create() {
            WorkerClient client = new LocalWorkers(10).create();
            return new WorkerClient() {
                @Override
                public CompletableFuture<Answer> execute(WorkerAddress worker, Order order) {
                    return order.placed().getRequest().getSeq() == SEGMENTS - 1
                            ? new CompletableFuture<>()
                            : client.execute(worker, order);
                }

                @Override
                public void close() {
                    client.close();
                }
            };
        }
    }
}

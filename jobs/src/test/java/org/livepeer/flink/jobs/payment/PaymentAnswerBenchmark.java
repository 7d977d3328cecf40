package org.livepeer.flink.jobs.payment;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.livepeer.flink.connectors.edge.orchestrator.OrchestratorServer;
import org.livepeer.flink.connectors.ethereum.keys.AccountKey;
import org.livepeer.flink.connectors.ethereum.keys.KeyStore;
import org.livepeer.flink.jobs.LocalWorkers;
import org.livepeer.flink.operators.hash.Keccak256;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.operators.segment.Presets;
import org.livepeer.flink.operators.ticket.Recipient;
import org.livepeer.flink.schemas.Profile;
import org.livepeer.flink.schemas.net.Payment;
import org.livepeer.flink.schemas.net.SegData;

/**
 * How long a gateway waits for the answer to a payment of many tickets: edge, broker, job and back.
 * It is no test and runs only when it is named.
 *
 * <p>With {@code -Dlivepeer.benchmark.other=PORT} the same payments go to another orchestrator on
 * this host in turn, from the account of {@code -Dlivepeer.benchmark.keystore=FILE} and {@code
 * -Dlivepeer.benchmark.passphrase=FILE}, which must have funds on that one's chain.
 */
class PaymentAnswerBenchmark {
    private static final int TICKETS = Integer.getInteger("livepeer.benchmark.tickets", 250);
    private static final int PAYMENTS = Integer.getInteger("livepeer.benchmark.payments", 600);
    private static final int OTHER = Integer.getInteger("livepeer.benchmark.other", 0);
    private static final BigInteger EV = BigInteger.valueOf(8_000_000_000L);
    private static final List<Profile> LADDER = List.of(Presets.byName("P144p30fps16x9"));
    private static final byte[] MEDIA = {0x47};

    /** What one of go-livepeer was seen to take for 250 tickets. */
    private static final double GO_LIVEPEER_MS = 37;

    @TempDir Path folder;

    /** Who is paid, and how long the answers took. */
    private record Payee(String name, PayingGateway gateway, double[] many, double[] one) {
        Payee(String name, PayingGateway gateway) {
            this(name, gateway, new double[PAYMENTS], new double[PAYMENTS]);
        }

        void pay(int i) {
            gateway.hello();
            many[i] = millis(gateway, TICKETS);
            one[i] = millis(gateway, 1);
        }

        void say() {
            System.out.printf(
                    "%s: a payment's answer, ms, medians of %d: with %d tickets %.1f (%.2f of %.0f),"
                            + " with one %.1f; p95 %.1f and %.1f; p99 %.1f and %.1f%n",
                    name,
                    PAYMENTS,
                    TICKETS,
                    quantile(many, 0.5),
                    quantile(many, 0.5) / GO_LIVEPEER_MS,
                    GO_LIVEPEER_MS,
                    quantile(one, 0.5),
                    quantile(many, 0.95),
                    quantile(one, 0.95),
                    quantile(many, 0.99),
                    quantile(one, 0.99));
        }
    }

    @Test
    void ofManyTickets() throws Exception {
        AccountKey node = new AccountKey(Keccak256.of("orchestrator".getBytes(UTF_8)));
        try (PaidBench bench = new PaidBench(folder, node, 20_000_000, new LocalWorkers(1))) {
            OrchestratorServer edge =
                    bench.orchestrator(
                            "edge",
                            Fraction.of(12_000),
                            new Recipient.Terms(EV, 350_000, EV.multiply(BigInteger.valueOf(5))));
            PayingGateway gateway = new PayingGateway("gateway", edge.port(), LADDER);
            bench.chain.funds(gateway.address(), ChainRowsWriter.ETHER, 0);
            PaidFixtureWriter.greet(gateway);
            List<Payee> payees = new ArrayList<>(List.of(new Payee("ours", gateway)));
            if (OTHER != 0) {
                payees.add(new Payee("other", new PayingGateway(key(), OTHER, LADDER)));
            }
            for (int i = 0; i < PAYMENTS; i++) {
                for (Payee each : payees) {
                    each.pay(i);
                }
            }
            payees.forEach(Payee::say);
            edge.close();
        }
    }

    private static AccountKey key() {
        return KeyStore.open(
                Path.of(System.getProperty("livepeer.benchmark.keystore")),
                null,
                Path.of(System.getProperty("livepeer.benchmark.passphrase")));
    }

    private static double millis(PayingGateway gateway, int tickets) {
        Payment payment = gateway.payment(tickets).build();
        SegData segment = gateway.segment(0, MEDIA).build();
        long began = System.nanoTime();
        var answer = gateway.post("/payment", payment, segment, new byte[0]);
        double millis = (System.nanoTime() - began) / 1e6;
        assertThat(answer.status().code()).as(answer.contentUtf8()).isEqualTo(200);
        return millis;
    }

    private static double quantile(double[] values, double of) {
        // The first third warms up.
        double[] sorted = Arrays.copyOfRange(values, values.length / 3, values.length);
        Arrays.sort(sorted);
        return sorted[(int) Math.min(sorted.length - 1, of * sorted.length)];
    }
}

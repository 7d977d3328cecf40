package org.livepeer.flink.operators.ticket;

import static org.assertj.core.api.Assertions.assertThat;

import fr.acinq.secp256k1.Secp256k1CFunctions;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.apache.flink.streaming.api.operators.AbstractUdfStreamOperator;
import org.junit.jupiter.api.Test;
import org.livepeer.flink.operators.Requests;
import org.livepeer.flink.operators.ledger.LedgerOptions;
import org.livepeer.flink.schemas.CheckedPayment;
import org.livepeer.flink.schemas.CheckedTicket;
import org.livepeer.flink.schemas.TicketPayment;
import org.livepeer.flink.schemas.TopicRecord;
import org.livepeer.flink.schemas.net.Payment;

/**
 * Payments through the job's operators on one core, as bytes off their topic, against nothing but
 * libsecp256k1's recovery of as many keys; CPU time, rounds in turn. It is no test and runs only
 * when it is named.
 */
class TicketCheckBenchmark {
    private static final int TICKETS = Integer.getInteger("livepeer.benchmark.tickets", 100);
    private static final int ROUNDS = Integer.getInteger("livepeer.benchmark.rounds", 30);
    private static final int PAYMENTS = 10;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    /** Tickets that one core of go-livepeer checks in a second. */
    private static final double GO_LIVEPEER = 11_000;

    private final Gateway gateway = new Gateway("gateway");
    private final long context =
            Secp256k1CFunctions.secp256k1_context_create(
                    Secp256k1CFunctions.SECP256K1_CONTEXT_VERIFY);
    private final EthSignatures java = new EthSignatures(new BouncyCurve());
    private int sessions;

    /** A ticket's hash and its sender's signature. */
    private record Bare(byte[] digest, byte[] signature, int recovery) {}

    /** Payments of sessions that are new, as they lie on their topic, and their tickets. */
    private record Batch(List<TopicRecord> records, List<Bare> tickets, List<byte[]> hashes) {}

    @Test
    void againstTheBareCurve() throws Exception {
        double[] bare = new double[ROUNDS];
        double[] admit = new double[ROUNDS];
        double[] line = new double[ROUNDS];
        double[] slow = new double[ROUNDS];
        try (PaymentLine one = new PaymentLine(LedgerOptions.defaults(), null);
                PaymentLine whole = new PaymentLine(LedgerOptions.defaults(), null)) {
            PaymentFunction function = (PaymentFunction) function(one.admit.getOperator());
            for (int round = 0; round < ROUNDS; round++) {
                Batch batch = batch();
                bare[round] = micros(PAYMENTS, () -> batch.tickets().forEach(this::recover));
                admit[round] = micros(PAYMENTS, () -> admit(function, batch.records()));
                line[round] = micros(PAYMENTS, () -> pay(whole, batch.records()));
                slow[round] = micros(1, () -> recoverInJava(batch));
            }
        }
        double check = median(admit);
        System.out.printf(
                "tickets: %d in a payment, us of a core for each, medians of %d: libsecp256k1 alone"
                        + " %.2f, Bouncy Castle %.1f%n"
                        + "  checked by the operator %.2f, the bare library is %.3f of it; %.0f a"
                        + " second, %.2f times go-livepeer's %.0f%n"
                        + "  checked, nonces taken and credited to the ledger %.2f, the bare library"
                        + " is %.3f of it; %.0f tickets or %.0f payments a second%n",
                TICKETS,
                ROUNDS,
                median(bare),
                median(slow),
                check,
                median(bare) / check,
                1e6 / check,
                1e6 / check / GO_LIVEPEER,
                GO_LIVEPEER,
                median(line),
                median(bare) / median(line),
                1e6 / median(line),
                1e6 / median(line) / TICKETS);
    }

    private Batch batch() {
        Batch batch = new Batch(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        long[] nonces = new long[TICKETS];
        Arrays.setAll(nonces, i -> i + 1);
        for (int i = 0; i < PAYMENTS; i++) {
            String session = "s" + sessions++;
            TicketParams params = gateway.offer(session);
            Payment payment = gateway.payment(params, nonces).build();
            TicketPayment record = gateway.record(session, payment).build();
            batch.records().add(PaymentLine.onTopic(record, Gateway.T0 + 5, Requests.SECRET));
            for (long nonce : nonces) {
                byte[] hash = params.ticket(gateway.address, nonce).hash();
                byte[] signature =
                        payment.getTicketSenderParams((int) nonce - 1).getSig().toByteArray();
                batch.hashes().add(hash);
                batch.tickets()
                        .add(
                                new Bare(
                                        EthSignatures.digest(hash),
                                        Arrays.copyOf(signature, 64),
                                        signature[64] - 27));
            }
        }
        return batch;
    }

    private interface Run {
        void run() throws Exception;
    }

    private static double micros(int payments, Run run) throws Exception {
        long began = THREADS.getCurrentThreadCpuTime();
        run.run();
        return (THREADS.getCurrentThreadCpuTime() - began) / 1e3 / payments / TICKETS;
    }

    private static double median(double[] values) {
        // The first third warms up.
        double[] sorted = Arrays.copyOfRange(values, values.length / 3, values.length);
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private void recover(Bare each) {
        byte[] key =
                Secp256k1CFunctions.secp256k1_ecdsa_recover(
                        context, each.signature(), each.digest(), each.recovery());
        expect(key.length, 65);
    }

    private void recoverInJava(Batch batch) {
        for (int i = 0; i < TICKETS; i++) {
            Bare each = batch.tickets().get(i);
            byte[] signature = Arrays.copyOf(each.signature(), 65);
            signature[64] = (byte) (27 + each.recovery());
            assertThat(java.verifies(gateway.address, batch.hashes().get(i), signature)).isTrue();
        }
    }

    private static Object function(Object operator) {
        return ((AbstractUdfStreamOperator<?, ?>) operator).getUserFunction();
    }

    private static void admit(PaymentFunction function, List<TopicRecord> payments)
            throws Exception {
        List<CheckedPayment> checked = new ArrayList<>();
        ListCollector<CheckedPayment> out = new ListCollector<>(checked);
        for (TopicRecord each : payments) {
            function.processElement(each, null, out);
        }
        for (CheckedPayment each : checked) {
            long good = each.getTickets().stream().filter(CheckedTicket::getIsSigned).count();
            expect((int) good, TICKETS);
        }
    }

    private static void expect(int was, int wanted) {
        if (was != wanted) {
            throw new AssertionError(was + " instead of " + wanted);
        }
    }

    private static void pay(PaymentLine line, List<TopicRecord> payments) throws Exception {
        for (TopicRecord each : payments) {
            expect(line.pay(each).length(), "ok".length());
        }
    }
}

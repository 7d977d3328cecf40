package org.livepeer.flink.operators.ticket;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.livepeer.flink.operators.hash.Keccak256;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.operators.ticket.Recipient.Signed;
import org.livepeer.flink.operators.ticket.SessionTickets.Received;

/**
 * Whole payments, checked and credited on one core, against nothing but libsecp256k1's recovery of
 * as many keys; rounds in turn. It is no test and runs only when it is named.
 */
class TicketCheckBenchmark {
    private static final int TICKETS = Integer.getInteger("livepeer.benchmark.tickets", 100);
    private static final int ROUNDS = Integer.getInteger("livepeer.benchmark.rounds", 15);
    private static final int PAYMENTS = 20;
    private static final byte[] KEY = Keccak256.of("gateway".getBytes(UTF_8));

    private final Secp256k1 curve = new NativeCurve();
    private final EthAddress sender = curve.address(KEY);

    @Test
    void againstTheBareCurve() throws Exception {
        Recipient recipient =
                new Recipient(
                        EthAddress.of(new byte[] {7}),
                        new RecipientRands("kept".getBytes(UTF_8)),
                        curve,
                        new Recipient.Terms(
                                BigInteger.valueOf(8_000_000_000L), 1_200_000, BigInteger.ZERO));
        byte[] hash = Keccak256.of("round".getBytes(UTF_8));
        ChainView chain =
                new ChainView(
                        BigInteger.valueOf(20_000_000),
                        5,
                        hash,
                        hash,
                        BigInteger.valueOf(100_000_000));
        TicketParams params =
                recipient.offer(
                        "s1",
                        sender,
                        Fraction.of(3),
                        BigInteger.TWO.pow(255),
                        chain,
                        BigInteger.TEN.pow(18));
        EthSignatures signatures = new EthSignatures(curve);
        List<Signed> tickets = new ArrayList<>();
        for (int nonce = 1; nonce <= TICKETS; nonce++) {
            byte[] of = params.ticket(sender, nonce).hash();
            tickets.add(new Signed(nonce, signatures.sign(of, KEY)));
        }
        double[] bare = new double[ROUNDS];
        double[] whole = new double[ROUNDS];
        double[] slow = new double[ROUNDS];
        EthSignatures java = new EthSignatures(new BouncyCurve());
        for (int round = 0; round < ROUNDS; round++) {
            bare[round] = micros(PAYMENTS, () -> recover(tickets, params));
            whole[round] = micros(PAYMENTS, () -> check(recipient, tickets, params, chain));
            slow[round] = micros(1, () -> recoverInJava(java, tickets, params));
        }
        System.out.printf(
                "tickets: %d in a payment, us each, medians: bare recovery %.1f, whole check and"
                        + " credit %.1f (bare is %.2f of it), recovery by Bouncy Castle %.1f%n",
                TICKETS, median(bare), median(whole), median(bare) / median(whole), median(slow));
    }

    private interface Run {
        void run() throws Exception;
    }

    private static double micros(int times, Run run) throws Exception {
        long began = System.nanoTime();
        for (int i = 0; i < times; i++) {
            run.run();
        }
        return (System.nanoTime() - began) / 1e3 / times / TICKETS;
    }

    private static double median(double[] values) {
        // The first third warms up.
        double[] sorted = Arrays.copyOfRange(values, values.length / 3, values.length);
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private void recover(List<Signed> tickets, TicketParams params) {
        byte[] digest = EthSignatures.digest(params.ticket(sender, 1).hash());
        for (Signed each : tickets) {
            int recovery = each.signature()[64] - 27;
            assertThat(curve.recover(digest, Arrays.copyOf(each.signature(), 64), recovery))
                    .isNotNull();
        }
    }

    private void recoverInJava(EthSignatures java, List<Signed> tickets, TicketParams params) {
        for (Signed each : tickets) {
            byte[] of = params.ticket(sender, each.nonce()).hash();
            assertThat(java.verifies(sender, of, each.signature())).isTrue();
        }
    }

    private void check(
            Recipient recipient, List<Signed> tickets, TicketParams params, ChainView chain)
            throws Exception {
        Received received =
                SessionTickets.receive(
                        recipient.check("s1", sender, params, tickets),
                        new SeenNonces(),
                        params.expirationBlock(),
                        chain.l1Block());
        assertThat(received.taken()).isEqualTo(TICKETS);
    }
}

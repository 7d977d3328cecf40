package org.livepeer.flink.connectors.edge.payment;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.edge.reply.ReplyDesk;
import org.livepeer.flink.connectors.edge.session.ReplyTags;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.connectors.kafka.client.PaymentProducer;
import org.livepeer.flink.operators.Receipts;
import org.livepeer.flink.operators.ledger.Accounts;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.operators.ticket.EthAddress;
import org.livepeer.flink.operators.ticket.Recipient.FatalException;
import org.livepeer.flink.operators.ticket.WirePayment;
import org.livepeer.flink.schemas.TicketPayment;
import org.livepeer.flink.schemas.net.Payment;

/** Hands payments to the job and tells its verdict. Thread-safe. */
public final class PaymentDesk {
    private static final int ID_BYTES = 16;

    private final Offers offers;
    private final ChainFeed chain;
    private final PaymentProducer producer;
    private final ReplyDesk desk;
    private final ReplyTags tags;
    private final MeterRegistry meters;
    private final SecureRandom random = new SecureRandom();
    private final int replyPartition =
            ThreadLocalRandom.current().nextInt(Topics.RESULTS.partitions());

    public PaymentDesk(
            Offers offers,
            ChainFeed chain,
            PaymentProducer producer,
            ReplyDesk desk,
            ReplyTags tags,
            MeterRegistry meters) {
        this.meters = meters;
        this.offers = offers;
        this.chain = chain;
        this.producer = producer;
        this.desk = desk;
        this.tags = tags;
    }

    /**
     * What a payment is for.
     *
     * @param sender who pays; it has signed the segment that the payment came with
     * @param session id of the auth token
     * @param account that is credited
     * @param stream the job's name of the stream
     * @param price of the session, wei per pixel
     * @param pixels that a gateway expects the segment to have; 0 when there is none
     * @param tenSecondPixels of ten seconds of its ladder
     */
    public record Purpose(
            EthAddress sender,
            String session,
            String account,
            String stream,
            Fraction price,
            long pixels,
            long tenSecondPixels) {}

    /**
     * A payment that the job was given.
     *
     * @param id what its segment names
     * @param verdict empty when it was accepted, else go-livepeer's text; fails when nobody knows
     */
    public record Sent(String id, CompletableFuture<String> verdict) {}

    /** The account of what a sender pays for a session of the wire. */
    public static String account(EthAddress sender, String id) {
        return Accounts.ofSession(sender.lower(), id);
    }

    /**
     * Gives a payment to the job.
     *
     * @param patienceMs how long its verdict may be of use
     * @throws FatalException with go-livepeer's text when nothing of it can be taken
     */
    public Sent send(Payment payment, Purpose purpose, long nowMs, long patienceMs)
            throws FatalException {
        WirePayment.read(payment, chain);
        byte[] bytes = new byte[ID_BYTES];
        random.nextBytes(bytes);
        String id = HexFormat.of().formatHex(bytes);
        String tag = tags.make(purpose.session(), purpose.stream(), Receipts.VERDICT_SEQ);
        TicketPayment record =
                TicketPayment.newBuilder()
                        .setPaymentId(id)
                        .setAccount(purpose.account())
                        .setSessionId(purpose.session())
                        .setRecipient(ByteBuffer.wrap(offers.recipient().bytes()))
                        .setPayment(ByteBuffer.wrap(payment.toByteArray()))
                        .setPrice(purpose.price().toRational())
                        .setExpectedValue(Fraction.of(offers.expectedValue()).toRational())
                        .setEstimatedPixels(purpose.pixels())
                        .setTenSecondPixels(purpose.tenSecondPixels())
                        .setL1Block(chain.l1Block())
                        .setArrivedAtMs(nowMs)
                        .setManifestId(purpose.stream())
                        .setReplyPartition(replyPartition)
                        .setReplyTag(tag)
                        .build();
        CompletableFuture<String> verdict =
                desk.await(tag, patienceMs)
                        .thenApply(said -> said.getStatus().equals("ok") ? "" : said.getDetail());
        Timer.Sample since = Timer.start(meters);
        verdict.whenComplete((refusal, failure) -> since.stop(timer(refusal)));
        producer.send(record)
                .whenComplete(
                        (where, failure) -> {
                            if (failure != null) {
                                verdict.completeExceptionally(failure);
                            }
                        });
        return new Sent(id, verdict);
    }

    private Timer timer(@Nullable String refusal) {
        String outcome = refusal == null ? "none" : refusal.isEmpty() ? "accepted" : "refused";
        return Timer.builder("livepeer.edge.verdict")
                .description("time from a payment's arrival to the job's verdict")
                .tag("outcome", outcome)
                .publishPercentileHistogram()
                .register(meters);
    }
}

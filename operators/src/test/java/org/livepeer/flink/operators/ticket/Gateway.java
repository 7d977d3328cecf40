package org.livepeer.flink.operators.ticket;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import org.livepeer.flink.operators.Requests;
import org.livepeer.flink.operators.hash.Keccak256;
import org.livepeer.flink.operators.ledger.Accounts;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.schemas.TicketPayment;
import org.livepeer.flink.schemas.net.Payment;
import org.livepeer.flink.schemas.net.PriceInfo;
import org.livepeer.flink.schemas.net.TicketExpirationParams;
import org.livepeer.flink.schemas.net.TicketSenderParams;

/** A gateway that pays, and the edge that takes its payments. */
final class Gateway {
    static final Secp256k1 CURVE = new NativeCurve();
    static final EthAddress US = EthAddress.of(new byte[] {7});
    static final BigInteger EV = BigInteger.valueOf(8_000_000_000L);
    static final Fraction PRICE = Fraction.of(12_000);
    static final long BLOCK = 20_000_000;
    static final long T0 = 1_000_000;

    final byte[] key;
    final EthAddress address;
    private final EthSignatures signatures = new EthSignatures(CURVE);
    private final Recipient recipient =
            new Recipient(
                    US,
                    Recipient.secret(Requests.SECRET),
                    CURVE,
                    new Recipient.Terms(EV, 1_200_000, BigInteger.ZERO));
    private int payments;

    Gateway(String name) {
        key = Keccak256.of(name.getBytes(UTF_8));
        address = CURVE.address(key);
    }

    String account(String id) {
        return Accounts.ofSession(address.lower(), id);
    }

    /** Parameters of a session, made at a block with gas of that price. */
    TicketParams offer(String session, int seed, long block, long gasPrice) {
        byte[] hash = Keccak256.of("round".getBytes(UTF_8));
        try {
            return recipient.offer(
                    session,
                    address,
                    PRICE,
                    BigInteger.valueOf(seed).add(BigInteger.TWO.pow(250)),
                    new ChainView(
                            BigInteger.valueOf(block), 5, hash, hash, BigInteger.valueOf(gasPrice)),
                    BigInteger.TEN.pow(18));
        } catch (TicketValue.InsufficientReserve e) {
            throw new IllegalStateException(e);
        }
    }

    TicketParams offer(String session) {
        return offer(session, 1, BLOCK, 100_000_000);
    }

    /** Tickets of which nearly each pays: a face value of twice what is asked for. */
    TicketParams luckyOffer(String session) {
        TicketParams usual = offer(session);
        TicketParams lucky =
                new TicketParams(
                        US,
                        EV.multiply(BigInteger.TWO),
                        TicketValue.winProb(EV.multiply(BigInteger.TWO), EV),
                        new byte[0],
                        usual.seed(),
                        usual.expirationBlock(),
                        PRICE,
                        usual.creationRound(),
                        usual.creationRoundBlockHash());
        return lucky.withHash(
                RecipientRands.hash(
                        Recipient.secret(Requests.SECRET).rand(lucky.bound(session, address))));
    }

    TicketSenderParams ticket(TicketParams params, long nonce) {
        byte[] signature = signatures.sign(params.ticket(address, nonce).hash(), key);
        return TicketSenderParams.newBuilder()
                .setSenderNonce((int) nonce)
                .setSig(ByteString.copyFrom(signature))
                .build();
    }

    Payment.Builder payment(TicketParams params, long... nonces) {
        Payment.Builder payment =
                Payment.newBuilder()
                        .setSender(ByteString.copyFrom(address.bytes()))
                        .setTicketParams(
                                org.livepeer.flink.schemas.net.TicketParams.newBuilder()
                                        .setRecipient(ByteString.copyFrom(US.bytes()))
                                        .setFaceValue(bytes(params.faceValue()))
                                        .setWinProb(bytes(params.winProb()))
                                        .setRecipientRandHash(
                                                ByteString.copyFrom(params.recipientRandHash()))
                                        .setSeed(bytes(params.seed()))
                                        .setExpirationBlock(bytes(params.expirationBlock())))
                        .setExpirationParams(
                                TicketExpirationParams.newBuilder()
                                        .setCreationRound(params.creationRound())
                                        .setCreationRoundBlockHash(
                                                ByteString.copyFrom(
                                                        params.creationRoundBlockHash())))
                        .setExpectedPrice(
                                PriceInfo.newBuilder()
                                        .setPricePerUnit(
                                                params.price().numerator().longValueExact())
                                        .setPixelsPerUnit(
                                                params.price().denominator().longValueExact()));
        for (long nonce : nonces) {
            payment.addTicketSenderParams(ticket(params, nonce));
        }
        return payment;
    }

    private static ByteString bytes(BigInteger number) {
        return ByteString.copyFrom(Bytes.of(number));
    }

    /** As the edge writes it, for a segment of {@link Requests#request}. */
    TicketPayment.Builder record(String session, Payment payment) {
        return TicketPayment.newBuilder()
                .setPaymentId(
                        String.format("%s-%d", address.toString().substring(2, 8), ++payments))
                .setAccount(account(session))
                .setSessionId(session)
                .setRecipient(ByteBuffer.wrap(US.bytes()))
                .setPayment(ByteBuffer.wrap(payment.toByteArray()))
                .setPrice(PRICE.toRational())
                .setExpectedValue(Fraction.of(EV).toRational())
                .setEstimatedPixels(6_134_400)
                .setTenSecondPixels(30_672_000)
                .setL1Block(BLOCK)
                .setArrivedAtMs(T0)
                .setManifestId("wire.cam")
                .setReplyPartition(3)
                .setReplyTag("tag");
    }
}

package org.livepeer.flink.connectors.edge.payment;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.google.protobuf.ByteString;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.List;
import org.livepeer.flink.operators.auth.ClusterSecret;
import org.livepeer.flink.operators.hash.Keccak256;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.operators.ticket.AdjustedPrice;
import org.livepeer.flink.operators.ticket.Bytes;
import org.livepeer.flink.operators.ticket.ChainView;
import org.livepeer.flink.operators.ticket.Curves;
import org.livepeer.flink.operators.ticket.EthAddress;
import org.livepeer.flink.operators.ticket.EthSignatures;
import org.livepeer.flink.operators.ticket.Recipient;
import org.livepeer.flink.operators.ticket.TicketParams;
import org.livepeer.flink.operators.ticket.TicketValue;
import org.livepeer.flink.operators.ticket.TicketValue.InsufficientReserve;
import org.livepeer.flink.schemas.net.OrchestratorInfo;
import org.livepeer.flink.schemas.net.OrchestratorRequest;
import org.livepeer.flink.schemas.net.PriceInfo;
import org.livepeer.flink.schemas.net.TicketExpirationParams;

/**
 * What an orchestrator on chain offers to gateways: a price, parameters of tickets, and signatures
 * of its own ({@code core/orchestrator.go}, {@code pm/recipient.go}). Thread-safe.
 */
public final class Offers {
    private static final int SEED_BYTES = 32;

    private final TicketSettings settings;
    private final ChainFeed chain;
    private final Recipient recipient;
    private final EthSignatures signatures = new EthSignatures(Curves.best());
    private final SecureRandom random = new SecureRandom();

    /**
     * @param secret of the deployment: parameters of one edge are known to all, and to the job
     */
    public Offers(TicketSettings settings, ChainFeed chain, ClusterSecret secret) {
        this.settings = settings;
        this.chain = chain;
        this.recipient =
                new Recipient(
                        settings.recipient(),
                        Recipient.secret(secret),
                        Curves.best(),
                        settings.terms());
    }

    /** Whom tickets pay. */
    EthAddress recipient() {
        return settings.recipient();
    }

    /** wei that an account must hold before work is done for it. */
    BigInteger expectedValue() {
        return settings.terms().expectedValue();
    }

    /** Whether who asks for a token is who it says: the signature is over its address as text. */
    public boolean isSigned(OrchestratorRequest request) {
        EthAddress sender = EthAddress.of(request.getAddress().toByteArray());
        return signedByNode(
                sender, sender.toString().getBytes(US_ASCII), request.getSig().toByteArray());
    }

    /** Whether a node of the network signed those bytes, as it signs everything but tickets. */
    public boolean signedByNode(EthAddress node, byte[] bytes, byte[] signature) {
        return signatures.verifies(node, Keccak256.of(bytes), signature);
    }

    /** The own signature of bytes, as a node signs everything but tickets and results. */
    public byte[] nodeSignature(byte[] bytes) {
        return settings.node().sign(Keccak256.of(bytes));
    }

    /** The own signature of a result: of the hash over the hashes of its renditions. */
    public byte[] resultSignature(List<byte[]> renditionHashes) {
        Keccak256 all = new Keccak256();
        renditionHashes.forEach(each -> all.update(each, 0, each.length));
        return settings.node().sign(all.digest());
    }

    /**
     * A price for a session, and what it was counted from.
     *
     * @param price wei per pixel
     * @param adjusted whether what redeeming costs was put on it
     * @param gasPrice wei of a unit of gas
     * @param redeemGas of a redemption
     * @param faceValue of the sender's tickets, wei; 0 where none was counted with
     * @param l1Block newest that was known
     */
    public record Quote(
            Fraction price,
            boolean adjusted,
            BigInteger gasPrice,
            long redeemGas,
            BigInteger faceValue,
            long l1Block) {}

    /**
     * The price that a sender is quoted: with what redeeming its tickets costs on top, if so set.
     *
     * @param price wei per pixel
     * @throws InsufficientReserve when its funds do not cover a ticket
     * @throws IllegalArgumentException when the wire cannot hold it, in go-livepeer's words
     */
    public Quote quote(EthAddress sender, Fraction price) throws InsufficientReserve {
        ChainView view = chain.view();
        Recipient.Terms terms = settings.terms();
        BigInteger faceValue = BigInteger.ZERO;
        BigInteger cost = view.gasPrice().multiply(BigInteger.valueOf(terms.redeemGas()));
        if (settings.autoAdjustPrice() && price.signum() > 0 && cost.signum() > 0) {
            faceValue =
                    TicketValue.of(
                                    new TicketValue.Terms(
                                            terms.expectedValue(),
                                            terms.redeemGas(),
                                            view.gasPrice(),
                                            chain.funds(sender).maxFloat(),
                                            terms.maxFaceValue()))
                            .faceValue();
        }
        Fraction timesCost =
                faceValue.signum() == 0 ? Fraction.ZERO : new Fraction(faceValue, cost);
        return new Quote(
                settings.autoAdjustPrice()
                        ? AdjustedPrice.of(price, timesCost)
                        : AdjustedPrice.unadjusted(price),
                faceValue.signum() > 0,
                view.gasPrice(),
                terms.redeemGas(),
                faceValue,
                chain.l1Block());
    }

    /**
     * Puts price and fresh parameters into what is said of the orchestrator.
     *
     * @param price of the session, wei per pixel
     * @throws InsufficientReserve when the sender's funds do not cover a ticket
     */
    public void put(
            OrchestratorInfo.Builder info, String session, EthAddress sender, Fraction price)
            throws InsufficientReserve {
        byte[] seed = new byte[SEED_BYTES];
        random.nextBytes(seed);
        TicketParams offer =
                recipient.offer(
                        session,
                        sender,
                        price,
                        new BigInteger(1, seed),
                        chain.view(),
                        chain.funds(sender).maxFloat());
        info.setAddress(bytes(settings.node().address()))
                .setPriceInfo(
                        PriceInfo.newBuilder()
                                .setPricePerUnit(price.numerator().longValueExact())
                                .setPixelsPerUnit(price.denominator().longValueExact()))
                .setTicketParams(wire(offer));
    }

    /** The orchestrator's parameters as the wire has them. */
    static org.livepeer.flink.schemas.net.TicketParams wire(TicketParams params) {
        return org.livepeer.flink.schemas.net.TicketParams.newBuilder()
                .setRecipient(bytes(params.recipient()))
                .setFaceValue(bytes(params.faceValue()))
                .setWinProb(bytes(params.winProb()))
                .setRecipientRandHash(ByteString.copyFrom(params.recipientRandHash()))
                .setSeed(bytes(params.seed()))
                .setExpirationBlock(bytes(params.expirationBlock()))
                .setExpirationParams(
                        TicketExpirationParams.newBuilder()
                                .setCreationRound(params.creationRound())
                                .setCreationRoundBlockHash(
                                        ByteString.copyFrom(params.creationRoundBlockHash())))
                .build();
    }

    private static ByteString bytes(EthAddress address) {
        return ByteString.copyFrom(address.bytes());
    }

    private static ByteString bytes(BigInteger number) {
        return ByteString.copyFrom(Bytes.of(number));
    }
}

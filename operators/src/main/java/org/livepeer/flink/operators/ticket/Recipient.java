package org.livepeer.flink.operators.ticket;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.operators.auth.ClusterSecret;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.operators.ticket.TicketValue.InsufficientReserve;

/**
 * Makes ticket parameters and checks what came of them, as {@code pm/recipient.go} and {@code
 * pm/validator.go} do, but without a memory: nonces are {@link SessionTickets}' business.
 */
public final class Recipient {
    private static final BigInteger LIFE_BLOCKS = BigInteger.valueOf(40);

    private final EthAddress address;
    private final RecipientRands rands;
    private final EthSignatures signatures;
    private final @Nullable Terms terms;

    /**
     * What the operator asks for.
     *
     * @param expectedValue wei that a ticket must be worth on average
     * @param redeemGas gas of a redemption
     * @param maxFaceValue wei; 0 for none
     */
    public record Terms(BigInteger expectedValue, long redeemGas, BigInteger maxFaceValue) {}

    /** The rands of a deployment: every process that has its secret derives the same ones. */
    public static RecipientRands secret(ClusterSecret secret) {
        return new RecipientRands(secret.derive("livepeer recipient rand"));
    }

    /**
     * One that only checks.
     *
     * @param address who redeems
     * @param curve for the senders' signatures
     */
    Recipient(EthAddress address, RecipientRands rands, Secp256k1 curve) {
        this(address, rands, curve, null);
    }

    /**
     * @param address who redeems
     * @param curve for the senders' signatures
     * @param terms of offers; null when it makes none
     */
    public Recipient(
            EthAddress address, RecipientRands rands, Secp256k1 curve, @Nullable Terms terms) {
        this.address = address;
        this.rands = rands;
        this.signatures = new EthSignatures(curve);
        this.terms = terms;
    }

    /**
     * Parameters for a sender's tickets in a session.
     *
     * @param seed 32 random bytes, as a number
     * @param maxFloat wei that the sender's funds cover
     * @throws InsufficientReserve when they do not cover a ticket that would be worth redeeming
     */
    public TicketParams offer(
            String session,
            EthAddress sender,
            Fraction price,
            BigInteger seed,
            ChainView chain,
            BigInteger maxFloat)
            throws InsufficientReserve {
        if (terms == null) {
            throw new IllegalStateException("without terms there are no offers");
        }
        TicketValue value =
                price.signum() > 0
                        ? TicketValue.of(
                                new TicketValue.Terms(
                                        terms.expectedValue(),
                                        terms.redeemGas(),
                                        chain.gasPrice(),
                                        maxFloat,
                                        terms.maxFaceValue()))
                        : TicketValue.NONE;
        TicketParams bare =
                new TicketParams(
                        address,
                        value.faceValue(),
                        value.winProb(),
                        new byte[0],
                        seed,
                        chain.l1Block().add(LIFE_BLOCKS),
                        price,
                        chain.creationRound(),
                        chain.creationRoundBlockHash());
        return bare.withHash(RecipientRands.hash(rands.rand(bare.bound(session, sender))));
    }

    /**
     * A ticket's part of a payment.
     *
     * @param nonce 0 to 2^32 - 1
     * @param signature as it came
     */
    public record Signed(long nonce, byte[] signature) {}

    /**
     * A ticket that was looked at.
     *
     * @param isSigned whether its sender signed it; all else of it means nothing if not
     * @param wins whether it pays
     */
    public record Checked(Ticket ticket, byte[] signature, boolean isSigned, boolean wins) {}

    /** A payment none of whose tickets can be taken; the message is go-livepeer's. */
    public static final class FatalException extends Exception {
        FatalException(String message) {
            super(message);
        }
    }

    /**
     * Looks at each ticket of a payment.
     *
     * @param sender who pays; believed once a signature says so
     * @throws FatalException when the parameters are not ours for this sender and session
     */
    public List<Checked> check(
            String session, EthAddress sender, TicketParams params, List<Signed> tickets)
            throws FatalException {
        if (tickets.isEmpty()) {
            return List.of();
        }
        if (!params.recipient().equals(address)) {
            throw new FatalException("invalid ticket recipient");
        }
        if (sender.isZero()) {
            throw new FatalException("invalid ticket sender");
        }
        BigInteger rand = rands.rand(params.bound(session, sender));
        if (!Arrays.equals(RecipientRands.hash(rand), params.recipientRandHash())) {
            throw new FatalException("invalid recipientRand for ticket recipientRandHash");
        }
        LongFunction<byte[]> hashes = params.ticket(sender, 0).hashesByNonce();
        boolean[] signed =
                signatures.verify(
                        sender,
                        tickets.stream().map(each -> hashes.apply(each.nonce())).toList(),
                        tickets.stream().map(Signed::signature).toList());
        List<Checked> checked = new ArrayList<>(tickets.size());
        for (int i = 0; i < signed.length; i++) {
            byte[] signature = tickets.get(i).signature();
            Ticket ticket = params.ticket(sender, tickets.get(i).nonce());
            boolean wins = signed[i] && ticket.wins(signature, rand);
            checked.add(new Checked(ticket, signature, signed[i], wins));
        }
        return checked;
    }
}

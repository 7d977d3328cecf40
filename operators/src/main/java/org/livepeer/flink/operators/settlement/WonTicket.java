package org.livepeer.flink.operators.settlement;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.operators.settlement.SettlementChain.Redeemable;
import org.livepeer.flink.operators.settlement.SettlementChain.Standing;
import org.livepeer.flink.operators.ticket.Bytes;
import org.livepeer.flink.operators.ticket.EthAddress;
import org.livepeer.flink.operators.ticket.RecipientRands;
import org.livepeer.flink.operators.ticket.Ticket;
import org.livepeer.flink.schemas.WinningTicket;

/** A ticket that pays, and when it may be redeemed. */
final class WonTicket {
    /** L1 blocks before the end of the last round that counts in which nothing is waited for. */
    static final long LAST_BLOCKS = 10;

    private final WinningTicket record;

    WonTicket(WinningTicket record) {
        this.record = record;
    }

    Ticket ticket() {
        return new Ticket(
                EthAddress.of(Bytes.of(record.getRecipient())),
                EthAddress.of(Bytes.of(record.getSender())),
                faceValue(),
                Bytes.number(record.getWinProb()),
                record.getSenderNonce(),
                Bytes.of(record.getRecipientRandHash()),
                record.getCreationRound(),
                Bytes.of(record.getCreationRoundBlockHash()));
    }

    /** wei. */
    BigInteger faceValue() {
        return Bytes.number(record.getFaceValue());
    }

    String sender() {
        return EthAddress.of(Bytes.of(record.getSender())).lower();
    }

    /** 0x and 64 digits. */
    String hash() {
        return "0x" + HexFormat.of().formatHex(Bytes.of(record.getTicketHash()));
    }

    private BigInteger rand(RecipientRands rands) {
        return rands.rand(
                new RecipientRands.Bound(
                        record.getSessionId(),
                        Bytes.number(record.getSeed()),
                        EthAddress.of(Bytes.of(record.getSender())),
                        faceValue(),
                        Bytes.number(record.getWinProb()),
                        Bytes.number(record.getExpirationBlock()),
                        Fraction.of(record.getPrice()),
                        record.getCreationRound(),
                        Bytes.of(record.getCreationRoundBlockHash())));
    }

    /** Why it can never be redeemed; null when it can. */
    @Nullable String flaw(EthAddress recipient, RecipientRands rands) {
        Ticket ticket = ticket();
        if (!ticket.recipient().equals(recipient)) {
            return "it pays " + ticket.recipient() + ", not " + recipient;
        }
        if (!Arrays.equals(ticket.hash(), Bytes.of(record.getTicketHash()))) {
            return "its hash is not its own";
        }
        byte[] hash = RecipientRands.hash(rand(rands));
        if (!Arrays.equals(hash, Bytes.of(record.getRecipientRandHash()))) {
            return "its recipientRand cannot be derived: the cluster secret is another one than"
                    + " when it was taken";
        }
        if (!ticket.wins(Bytes.of(record.getSignature()), rand(rands))) {
            return "it does not win";
        }
        return null;
    }

    /** With the secret: for a ticket that may be redeemed now. */
    Redeemable redeemable(RecipientRands rands) {
        return new Redeemable(ticket(), Bytes.of(record.getSignature()), rand(rands));
    }

    /** Last round in which the contracts take it. */
    long lastRound(Standing chain) {
        return record.getCreationRound() + chain.ticketValidity() - 1;
    }

    boolean isTooLate(Standing chain) {
        return chain.round() > lastRound(chain);
    }

    /**
     * Whether its secret may be shown: edges take no more tickets of it. In the last blocks in
     * which it can be redeemed at all, it is shown before that: rather may its sender pick some
     * tickets that do not win than is this one lost.
     */
    boolean isDue(Standing chain) {
        return Bytes.number(record.getExpirationBlock())
                                .compareTo(BigInteger.valueOf(chain.l1Block()))
                        <= 0
                || isLastChance(chain);
    }

    boolean isLastChance(Standing chain) {
        long end = Math.min(lastRound(chain) + 1, chain.deactivationRound());
        return end == chain.round() + 1 && chain.l1BlocksLeft() <= LAST_BLOCKS;
    }

    /** Earlier ones come first: those that can be redeemed for the shortest time. */
    int compareUrgency(WonTicket other) {
        int byRound = Long.compare(record.getCreationRound(), other.record.getCreationRound());
        if (byRound != 0) {
            return byRound;
        }
        int byValue = other.faceValue().compareTo(faceValue());
        return byValue != 0 ? byValue : hash().compareTo(other.hash());
    }
}

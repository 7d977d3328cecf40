package org.livepeer.flink.operators.settlement;

import java.io.IOException;
import java.io.Serializable;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.operators.ticket.EthAddress;
import org.livepeer.flink.operators.ticket.Ticket;

/**
 * What settlement asks a node of the chain, and the network's contracts as calls. Looking blocks,
 * and is done by one thread; the rest does not, and may be done by another one meanwhile.
 */
public interface SettlementChain extends AutoCloseable {
    /** Opens one where the job runs, without asking a node. */
    @FunctionalInterface
    interface Factory extends Serializable {
        SettlementChain open();
    }

    /**
     * A ticket with all that redeems it.
     *
     * @param signature its sender's, 65 bytes
     * @param recipientRand secret until its parameters have expired
     */
    record Redeemable(Ticket ticket, byte[] signature, BigInteger recipientRand) {}

    /**
     * An order's next step.
     *
     * @param id of the order
     * @param action and its arguments as in the command
     * @param step from 0
     */
    record Step(String id, String action, Map<String, String> arguments, int step) {}

    /**
     * What is wanted of the node in one look.
     *
     * @param chainId EIP-155 number of the chain that the account's transactions are of; 0 when it
     *     is not known yet
     * @param tickets to be tried
     * @param steps to be prepared
     * @param transactions hashes, 0x and 64 digits, whose receipts are wanted
     * @param broadcasts signed transactions to be sent, by hash
     */
    record Wanted(
            long chainId,
            List<Redeemable> tickets,
            List<Step> steps,
            List<String> transactions,
            Map<String, byte[]> broadcasts) {}

    /**
     * The chain and the account as they stand after the newest block.
     *
     * @param chainId EIP-155 number of the chain
     * @param blockAtMs chain's clock, ms since the epoch
     * @param l1Block the same as {@code block} where the chain is L1
     * @param baseFee wei of a unit of gas that is burned
     * @param gasPrice wei of a unit of gas that the node proposes, with the base fee
     * @param blockGas most gas of a transaction
     * @param round that it is now, initialized or not
     * @param l1BlocksLeft until the next round
     * @param ticketValidity rounds, counted from the one that a ticket names
     * @param activationRound of the recipient; 0 when it never was active
     * @param deactivationRound of the recipient: from which on it is not active any more
     * @param lastRewardRound in which the recipient called reward
     * @param nonce transactions of the account that are in blocks
     * @param settledNonce the same after the block that lies as deep as a confirmation asks
     * @param balance wei of the account
     */
    record Standing(
            long chainId,
            long block,
            long blockAtMs,
            long l1Block,
            BigInteger baseFee,
            BigInteger gasPrice,
            long blockGas,
            boolean paused,
            long round,
            boolean roundInitialized,
            long l1BlocksLeft,
            long ticketValidity,
            long activationRound,
            long deactivationRound,
            long lastRewardRound,
            long nonce,
            long settledNonce,
            BigInteger balance) {
        /** Whether the recipient is active in this round. */
        public boolean isActive() {
            return activationRound > 0 && activationRound <= round && round < deactivationRound;
        }
    }

    /**
     * A ticket that was tried without sending it.
     *
     * @param used whether it was redeemed before
     * @param gas that redeeming it alone would take; null when it would fail
     * @param fault what the contract or node said when it would fail; empty when not
     * @param deposit wei of its sender
     * @param claimable wei of its sender's reserve that the recipient may still claim in this
     *     round; null when the contract cannot say
     * @param withdrawRound from which on the sender may take out its funds; 0 when it does not want
     *     to
     */
    record Tried(
            boolean used,
            @Nullable Long gas,
            String fault,
            BigInteger deposit,
            @Nullable BigInteger claimable,
            long withdrawRound) {}

    /**
     * A call of a contract.
     *
     * @param wei sent with it
     */
    record Call(EthAddress to, byte[] data, BigInteger wei) {}

    /**
     * An order's step, of one of four kinds: a call with its gas is to be sent; neither call nor
     * fault says that the order is done; a fault that is final, that it never can be; another
     * fault, that it may be tried again later.
     *
     * @param call null when nothing is left to do, or when it cannot be done
     * @param gas that is to be given to it, with a margin; null when there is no call or it would
     *     fail
     * @param fault why it cannot be done; empty when it can, or is done
     * @param isFinal whether it never can
     */
    record Prepared(@Nullable Call call, @Nullable Long gas, String fault, boolean isFinal) {}

    /**
     * A transaction in a block.
     *
     * @param succeeded false when the contract refused it; its gas is paid for all the same
     * @param fault what the contract said when it refused, as far as the node can tell; empty when
     *     not
     * @param fee wei
     * @param redeemed wei that each ticket paid which it redeemed, by ticket hash, 0x and 64 digits
     */
    record Mined(
            long block,
            boolean succeeded,
            String fault,
            BigInteger fee,
            Map<String, BigInteger> redeemed) {}

    /**
     * What was seen.
     *
     * @param tickets by ticket hash, 0x and 64 digits
     * @param steps by order id
     * @param mined transactions that are in blocks, by hash
     * @param unsent what the node said to each that it did not take, by hash; one that it knows
     *     already is taken
     */
    record Look(
            Standing standing,
            Map<String, Tried> tickets,
            Map<String, Prepared> steps,
            Map<String, Mined> mined,
            Map<String, String> unsent) {}

    /**
     * Looks, and sends what is to be sent.
     *
     * @throws IOException when no node answers, or answers nonsense, or is of another chain:
     *     nothing was learned, and what was to be sent may have been
     */
    Look look(Wanted wanted) throws IOException;

    /**
     * The call that redeems tickets of any senders, one or many.
     *
     * @throws IllegalStateException before the first look: where the contracts are is not known
     */
    Call redemption(List<Redeemable> tickets);

    /**
     * What is wrong with an order, whatever the chain is like: no such action, or an argument that
     * is missing, unknown or malformed. Asks no node.
     */
    Optional<String> refusal(String action, Map<String, String> arguments);

    @Override
    void close();
}

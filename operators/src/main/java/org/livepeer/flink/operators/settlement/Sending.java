package org.livepeer.flink.operators.settlement;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.livepeer.flink.operators.hash.Keccak256;
import org.livepeer.flink.operators.settlement.SettlementChain.Call;
import org.livepeer.flink.operators.settlement.SettlementChain.Look;
import org.livepeer.flink.operators.settlement.SettlementChain.Mined;
import org.livepeer.flink.operators.settlement.SettlementChain.Standing;
import org.livepeer.flink.operators.settlement.SettlementChain.Wanted;
import org.livepeer.flink.operators.settlement.TransactionSigner.Unsigned;
import org.livepeer.flink.operators.ticket.Bytes;
import org.livepeer.flink.operators.ticket.EthAddress;
import org.livepeer.flink.schemas.OutboxState;
import org.livepeer.flink.schemas.PendingTransaction;
import org.livepeer.flink.schemas.SignedTransaction;

/**
 * The account's transactions from their signature to the block that nothing drops any more. Each is
 * offered to the node until it is in a block; one that takes too long is signed again for more gas,
 * with the same number, and all versions are watched, since any may be mined. One that no node
 * takes gives its number to an empty transaction, so that nothing waits behind it.
 */
final class Sending {
    /** Numbers in use at the same time: nodes drop what is too far ahead. */
    private static final int MOST_PENDING = 8;

    private static final long OFFER_AGAIN_MS = 15_000;
    private static final long REFUSED_FOR_MS = 60_000;

    /** An empty transaction takes 21 000, and on Arbitrum what its bytes cost. */
    private static final long EMPTY_GAS = 500_000;

    /** Looks that must agree that somebody else used a number. */
    private static final int SURE = 3;

    private final SettlementOptions options;
    private final SettlementBook book;
    private final TransactionSigner signer;
    private final Outbox outbox;
    private final SettlementLog log;
    private final Map<Long, Integer> takenByOthers = new HashMap<>();
    private final Map<String, Long> offeredAtMs = new HashMap<>();
    private final Map<Long, SignedTransaction> unread = new TreeMap<>();

    /** What became of a number. */
    interface Endings {
        /** A version is in a block that nothing drops any more. */
        void confirmed(PendingTransaction transaction, Mined mined);

        /** A version is in a block. */
        void mined(PendingTransaction transaction, Mined mined);

        /** It was in a block, and is in none any more. */
        void dropped(PendingTransaction transaction);

        /** Another transaction of the account has its number for good. */
        void replaced(PendingTransaction transaction);
    }

    Sending(
            SettlementOptions options,
            SettlementBook book,
            TransactionSigner signer,
            Outbox outbox,
            SettlementLog log) {
        this.options = options;
        this.book = book;
        this.signer = signer;
        this.outbox = outbox;
        this.log = log;
    }

    /** Transactions whose receipts are wanted. */
    List<String> watched() {
        List<String> hashes = new ArrayList<>();
        for (PendingTransaction each : book.transactions()) {
            each.getVersions().forEach(v -> hashes.add(Outbox.hash(v.getHash())));
        }
        return hashes;
    }

    /** Transactions that a node is offered now. */
    Map<String, byte[]> offers(long nowMs) {
        Map<String, byte[]> offers = new TreeMap<>();
        for (PendingTransaction each : book.transactions()) {
            SignedTransaction newest = newest(each);
            String hash = Outbox.hash(newest.getHash());
            boolean due =
                    !offeredAtMs.containsKey(hash)
                            || nowMs - offeredAtMs.get(hash) >= OFFER_AGAIN_MS
                            || !each.getFault().isEmpty();
            if (each.getMinedBlock() < 0 && due) {
                offers.put(hash, Bytes.of(newest.getRaw()));
            }
        }
        return offers;
    }

    private static SignedTransaction newest(PendingTransaction transaction) {
        return transaction.getVersions().get(transaction.getVersions().size() - 1);
    }

    /**
     * Takes in what was seen of them, and signs again what takes too long.
     *
     * @param wanted what the look was for: of others nothing is known
     * @throws IOException when the key cannot be used now
     */
    void seen(Look look, Wanted wanted, long nowMs, Endings endings) throws IOException {
        for (PendingTransaction each : book.transactions()) {
            SignedTransaction newest = newest(each);
            String hash = Outbox.hash(newest.getHash());
            if (wanted.broadcasts().containsKey(hash)) {
                offeredAtMs.put(hash, nowMs);
                answered(each, look.unsent().getOrDefault(hash, ""), nowMs);
            }
            if (wanted.transactions().contains(hash)) {
                look(each, look, nowMs, endings);
            }
        }
        for (PendingTransaction each : book.transactions()) {
            if (wanted.transactions().contains(Outbox.hash(newest(each).getHash()))) {
                hurry(each, look.standing(), nowMs);
            }
        }
    }

    private void answered(PendingTransaction transaction, String fault, long nowMs) {
        if (fault.equals(transaction.getFault())) {
            return;
        }
        if (!fault.isEmpty() && transaction.getFaultSinceMs() == 0) {
            transaction.setFaultSinceMs(nowMs);
        }
        if (fault.isEmpty()) {
            transaction.setFaultSinceMs(0);
        } else {
            log.tell(
                    nowMs,
                    "TransactionRefused",
                    fault,
                    Map.of("nonce", Long.toString(transaction.getNonce())));
        }
        transaction.setFault(fault);
        book.put(transaction);
    }

    private void look(PendingTransaction transaction, Look look, long nowMs, Endings endings) {
        for (SignedTransaction version : transaction.getVersions()) {
            Mined mined = look.mined().get(Outbox.hash(version.getHash()));
            if (mined != null) {
                takenByOthers.remove(transaction.getNonce());
                isIn(transaction, version, mined, look.standing(), nowMs, endings);
                return;
            }
        }
        if (transaction.getMinedBlock() >= 0) {
            transaction.setMinedBlock(-1);
            transaction.setMinedHash(ByteBuffer.allocate(0));
            book.put(transaction);
            transaction.getVersions().forEach(v -> offeredAtMs.remove(Outbox.hash(v.getHash())));
            endings.dropped(transaction);
        }
        if (look.standing().settledNonce() <= transaction.getNonce()) {
            takenByOthers.remove(transaction.getNonce());
        } else if (takenByOthers.merge(transaction.getNonce(), 1, Integer::sum) >= SURE) {
            end(transaction);
            endings.replaced(transaction);
        }
    }

    private void isIn(
            PendingTransaction transaction,
            SignedTransaction version,
            Mined mined,
            Standing chain,
            long nowMs,
            Endings endings) {
        if (transaction.getMinedBlock() != mined.block()
                || !transaction.getMinedHash().equals(version.getHash())) {
            transaction.setMinedBlock(mined.block());
            transaction.setMinedHash(version.getHash());
            book.put(transaction);
            endings.mined(transaction, mined);
        }
        if (chain.block() - mined.block() >= options.confirmations()) {
            end(transaction);
            log.tell(
                    nowMs,
                    "TransactionConfirmed",
                    mined.fault(),
                    Map.of(
                            "nonce", Long.toString(transaction.getNonce()),
                            "transaction", Outbox.hash(version.getHash()),
                            "block", Long.toString(mined.block()),
                            "fee", mined.fee().toString()));
            endings.confirmed(transaction, mined);
        }
    }

    private void end(PendingTransaction transaction) {
        book.remove(transaction);
        takenByOthers.remove(transaction.getNonce());
        transaction.getVersions().forEach(v -> offeredAtMs.remove(Outbox.hash(v.getHash())));
    }

    /** Signs again what takes too long, or what no node takes. */
    private void hurry(PendingTransaction transaction, Standing chain, long nowMs)
            throws IOException {
        SignedTransaction newest = newest(transaction);
        boolean late = nowMs - newest.getSignedAtMs() >= options.replaceAfterMs();
        if (transaction.getMinedBlock() >= 0
                || !late
                || unread.containsKey(transaction.getNonce())) {
            return;
        }
        Fees fees = Fees.more(newest, Fees.now(chain, options.maxGasPrice()));
        boolean affordable =
                options.maxGasPrice().signum() == 0
                        || fees.most().compareTo(options.maxGasPrice()) <= 0;
        boolean hopeless =
                transaction.getFaultSinceMs() > 0
                        && nowMs - transaction.getFaultSinceMs() >= REFUSED_FOR_MS
                        && chain.balance().compareTo(cost(newest)) >= 0
                        && newest.getData().hasRemaining();
        boolean tooCheap = Bytes.number(newest.getMaxFeePerGas()).compareTo(chain.baseFee()) < 0;
        if (hopeless) {
            giveUp(transaction, fees, nowMs);
        } else if (affordable && (transaction.getFault().isEmpty() || tooCheap)) {
            signed(
                    SignedTransaction.newBuilder(newest),
                    newest.getNonce(),
                    callOf(newest),
                    newest.getGas(),
                    fees,
                    nowMs);
            log.tell(
                    nowMs,
                    "TransactionReplaced",
                    "in no block for " + options.replaceAfterMs() + " ms",
                    Map.of(
                            "nonce", Long.toString(newest.getNonce()),
                            "maxFeePerGas", fees.most().toString()));
        }
    }

    private void giveUp(PendingTransaction transaction, Fees fees, long nowMs) throws IOException {
        OutboxState state = book.outbox();
        state.setBatch(Math.max(1, newest(transaction).getTickets().size() / 2));
        book.put(state);
        Call nothing = new Call(signer.account(), new byte[0], BigInteger.ZERO);
        signed(
                SignedTransaction.newBuilder().setTickets(List.of()),
                transaction.getNonce(),
                nothing,
                EMPTY_GAS,
                fees,
                nowMs);
        log.tell(
                nowMs,
                "TransactionGivenUp",
                transaction.getFault(),
                Map.of("nonce", Long.toString(transaction.getNonce())));
    }

    private static Call callOf(SignedTransaction transaction) {
        return new Call(
                EthAddress.of(Bytes.of(transaction.getTo())),
                Bytes.of(transaction.getData()),
                Bytes.number(transaction.getWei()));
    }

    /** Whether another number may be used now. */
    boolean hasRoom() {
        return book.transactions().size() + unread.size() < MOST_PENDING;
    }

    /** wei that the account needs for what is under way. */
    BigInteger committed() {
        BigInteger sum = BigInteger.ZERO;
        for (PendingTransaction each : book.transactions()) {
            if (each.getMinedBlock() < 0) {
                sum = sum.add(cost(newest(each)));
            }
        }
        for (SignedTransaction each : unread.values()) {
            sum = sum.add(cost(each));
        }
        return sum;
    }

    private static BigInteger cost(SignedTransaction transaction) {
        return Bytes.number(transaction.getMaxFeePerGas())
                .multiply(BigInteger.valueOf(transaction.getGas()))
                .add(Bytes.number(transaction.getWei()));
    }

    /**
     * Signs a call under the next number and writes it to the outbox.
     *
     * @param work tickets or order of it
     * @return its number
     */
    long send(SignedTransaction.Builder work, Call call, long gas, Standing chain, long nowMs)
            throws IOException {
        OutboxState state = book.outbox();
        long nonce = Math.max(state.getNextNonce(), chain.nonce());
        for (long used : unread.keySet()) {
            nonce = Math.max(nonce, used + 1);
        }
        signed(work, nonce, call, gas, Fees.now(chain, options.maxGasPrice()), nowMs);
        return nonce;
    }

    private void signed(
            SignedTransaction.Builder work, long nonce, Call call, long gas, Fees fees, long nowMs)
            throws IOException {
        byte[] raw =
                signer.sign(
                        new Unsigned(
                                book.outbox().getChainId(),
                                nonce,
                                gas,
                                fees.most(),
                                fees.tip(),
                                call.to(),
                                call.wei(),
                                call.data()));
        SignedTransaction signed =
                work.setNonce(nonce)
                        .setHash(ByteBuffer.wrap(Keccak256.of(raw)))
                        .setRaw(ByteBuffer.wrap(raw))
                        .setTo(ByteBuffer.wrap(call.to().bytes()))
                        .setData(ByteBuffer.wrap(call.data()))
                        .setWei(Bytes.of(call.wei()))
                        .setMaxFeePerGas(Bytes.of(fees.most()))
                        .setMaxPriorityFeePerGas(Bytes.of(fees.tip()))
                        .setGas(gas)
                        .setSignedAtMs(nowMs)
                        .build();
        unread.put(nonce, signed);
        outbox.write(signed);
    }

    /** What did not come back before the outbox was taken over counts for nothing. */
    void forgetUnread() {
        unread.clear();
    }

    /** It has come back from the outbox. */
    void readBack(SignedTransaction transaction) {
        SignedTransaction waiting = unread.get(transaction.getNonce());
        if (waiting != null && waiting.getHash().equals(transaction.getHash())) {
            unread.remove(transaction.getNonce());
        }
    }
}

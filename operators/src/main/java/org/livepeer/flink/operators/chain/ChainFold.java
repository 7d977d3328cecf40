package org.livepeer.flink.operators.chain;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.operators.log.Repeats;
import org.livepeer.flink.operators.ticket.Bytes;
import org.livepeer.flink.operators.ticket.EthAddress;
import org.livepeer.flink.schemas.ChainBlock;
import org.livepeer.flink.schemas.ChainHead;
import org.livepeer.flink.schemas.ChainLog;
import org.livepeer.flink.schemas.ChainUndo;
import org.livepeer.flink.schemas.OrchestratorEntry;
import org.livepeer.flink.schemas.SenderEntry;
import org.slf4j.LoggerFactory;

/**
 * What the contracts' events say, added up: rounds, the funds of senders, who is active. A block
 * whose parent is not the newest one undoes the blocks behind its parent; one that was taken before
 * changes nothing.
 *
 * <p>Amounts follow the contracts exactly (protocol, MixinTicketBrokerCore and MixinReserve): a
 * winning ticket takes from the deposit what it did not claim from the reserve, so both events of a
 * redemption are needed, and they come in that order.
 */
public final class ChainFold {
    private static final Repeats REPEATS = new Repeats(LoggerFactory.getLogger(ChainFold.class));

    /** Blocks that can be undone. */
    public static final int UNDO_BLOCKS = 128;

    /** Name of the row of the newest block. */
    public static final String HEAD = "head";

    /** Names of senders' rows begin with it. */
    public static final String SENDER = "sender/";

    /** Names of orchestrators' rows begin with it. */
    public static final String ORCHESTRATOR = "orchestrator/";

    private static final int WORD = 32;
    private static final BigInteger NEVER = BigInteger.valueOf(Long.MAX_VALUE);

    private final EthAddress recipient;

    /**
     * @param recipient whose claims on reserves are counted by themselves
     */
    public ChainFold(EthAddress recipient) {
        this.recipient = recipient;
    }

    /** What became of a block. */
    public enum Taken {
        /** Its events were added. */
        ADDED,
        /** It was taken before. */
        REPEATED,
        /** Its parent is not known: blocks are missing, or more were dropped than can be undone. */
        UNCONNECTED
    }

    /** Takes the next block. */
    public Taken take(ChainBlock block, ChainRows rows) {
        ChainHead head = rows.get(HEAD, ChainHead.class);
        if (head != null && !connect(block, head, rows)) {
            boolean known =
                    block.getHash().equals(head.getBlockHash())
                            || rows.undo().stream()
                                    .anyMatch(u -> u.getHash().equals(block.getHash()))
                            || (block.getSettled() && block.getNumber() <= head.getBlock())
                            || block.getNumber() <= head.getBlock() - UNDO_BLOCKS;
            return known ? Taken.REPEATED : Taken.UNCONNECTED;
        }
        ChainHead before = rows.get(HEAD, ChainHead.class);
        ChainHead now = headAfter(before, block);
        BigInteger claimed = BigInteger.ZERO;
        for (ChainLog log : block.getLogs()) {
            claimed = take(log, block, now, claimed, rows);
        }
        rows.put(HEAD, now);
        if (block.getSettled()) {
            rows.endOfSettledBlock();
        } else {
            rows.endOfBlock(block.getNumber(), Bytes.of(block.getHash()), UNDO_BLOCKS);
        }
        return Taken.ADDED;
    }

    /** Makes the block's parent the newest one; false when it is not among those that are known. */
    private static boolean connect(ChainBlock block, ChainHead head, ChainRows rows) {
        if (block.getSettled()) {
            return block.getNumber() > head.getBlock();
        }
        if (block.getParentHash().equals(head.getBlockHash())) {
            return true;
        }
        List<ChainUndo> undo = rows.undo();
        int parent = undo.size() - 1;
        while (parent >= 0 && !undo.get(parent).getHash().equals(block.getParentHash())) {
            parent--;
        }
        boolean taken = undo.stream().anyMatch(u -> u.getHash().equals(block.getHash()));
        if (parent < 0 || taken) {
            return false;
        }
        for (int i = undo.size() - 1; i > parent; i--) {
            rows.rollBack(undo.get(i));
        }
        return true;
    }

    private static ChainHead headAfter(@Nullable ChainHead before, ChainBlock block) {
        ByteBuffer none = ByteBuffer.wrap(new byte[WORD]);
        return ChainHead.newBuilder()
                .setBlock(block.getNumber())
                .setBlockHash(block.getHash())
                .setL1Block(block.getL1Block())
                .setRound(before == null ? 0 : before.getRound())
                .setRoundBlockHash(before == null ? none : before.getRoundBlockHash())
                .setPreviousRoundBlockHash(
                        before == null ? none : before.getPreviousRoundBlockHash())
                .setPoolSize(before == null ? 0 : before.getPoolSize())
                .setGasPrice(block.getGasPrice())
                .setBlockAtMs(block.getBlockAtMs())
                .setSeenAtMs(block.getSeenAtMs())
                .setChainId(block.getChainId())
                .build();
    }

    /**
     * @param claimed wei of reserves that the redemption under way has claimed so far
     * @return the same after this log
     */
    private BigInteger take(
            ChainLog log, ChainBlock block, ChainHead head, BigInteger claimed, ChainRows rows) {
        if (log.getTopics().isEmpty()) {
            return claimed;
        }
        String event =
                log.getContract()
                        + " "
                        + HexFormat.of().formatHex(Bytes.of(log.getTopics().get(0)));
        if (!ChainEvents.isWhole(event, log)) {
            REPEATS.warn(
                    "event passed over: its fields are not where they should be; are contract and"
                            + " node the right ones? block={} event={} topics={} bytes={}",
                    block.getNumber(),
                    event,
                    log.getTopics().size(),
                    log.getData().remaining());
            return claimed;
        }
        switch (event) {
            case ChainEvents.NEW_ROUND -> newRound(log, head);
            case ChainEvents.DEPOSIT_FUNDED -> {
                SenderEntry sender = sender(log, block, rows);
                sender.setDeposit(plus(sender.getDeposit(), word(log, 0)));
                save(sender, rows);
            }
            case ChainEvents.RESERVE_FUNDED -> {
                SenderEntry sender = sender(log, block, rows);
                sender.setReserve(plus(sender.getReserve(), word(log, 0)));
                save(sender, rows);
            }
            case ChainEvents.RESERVE_CLAIMED -> {
                BigInteger amount = word(log, 1);
                claim(sender(log, block, rows), address(word(log, 0)), amount, head, rows);
                return claimed.add(amount);
            }
            case ChainEvents.TICKET_TRANSFER -> {
                SenderEntry sender = sender(log, block, rows);
                BigInteger fromDeposit = word(log, 0).subtract(claimed);
                sender.setDeposit(plus(sender.getDeposit(), fromDeposit.negate()));
                save(sender, rows);
                return BigInteger.ZERO;
            }
            case ChainEvents.UNLOCK -> {
                SenderEntry sender = sender(log, block, rows);
                sender.setWithdrawRound(word(log, 1).min(NEVER).longValueExact());
                save(sender, rows);
            }
            case ChainEvents.UNLOCK_CANCELLED -> {
                SenderEntry sender = sender(log, block, rows);
                sender.setWithdrawRound(0);
                save(sender, rows);
            }
            case ChainEvents.WITHDRAWAL -> {
                SenderEntry sender = sender(log, block, rows);
                sender.setDeposit(ByteBuffer.allocate(0));
                sender.setReserve(ByteBuffer.allocate(0));
                save(sender, rows);
            }
            case ChainEvents.ACTIVATED -> {
                OrchestratorEntry entry = orchestrator(log, block, rows);
                head.setPoolSize(head.getPoolSize() + (isInPool(entry) ? 0 : 1));
                entry.setActivationRound(word(log, 0).min(NEVER).longValueExact());
                entry.setDeactivationRound(Long.MAX_VALUE);
                save(entry, rows);
            }
            case ChainEvents.DEACTIVATED -> {
                OrchestratorEntry entry = orchestrator(log, block, rows);
                head.setPoolSize(head.getPoolSize() - (isInPool(entry) ? 1 : 0));
                entry.setDeactivationRound(word(log, 0).min(NEVER).longValueExact());
                save(entry, rows);
            }
            case ChainEvents.SERVICE_URI -> {
                OrchestratorEntry entry = orchestrator(log, block, rows);
                entry.setServiceUri(text(log));
                save(entry, rows);
            }
            default -> {
                return claimed;
            }
        }
        return claimed;
    }

    private static void newRound(ChainLog log, ChainHead head) {
        long round = Bytes.number(log.getTopics().get(1)).min(NEVER).longValueExact();
        if (round == head.getRound() + 1 || head.getRound() == 0) {
            head.setPreviousRoundBlockHash(head.getRoundBlockHash());
        } else {
            // A round in between was never initialized: it has no hash.
            head.setPreviousRoundBlockHash(ByteBuffer.wrap(new byte[WORD]));
        }
        head.setRound(round);
        head.setRoundBlockHash(ByteBuffer.wrap(data(log, 0)));
    }

    private void claim(
            SenderEntry sender,
            EthAddress claimant,
            BigInteger amount,
            ChainHead head,
            ChainRows rows) {
        if (sender.getClaimRound() != head.getRound()) {
            sender.setClaimRound(head.getRound());
            sender.setClaimed(ByteBuffer.allocate(0));
            sender.setClaimedByUs(ByteBuffer.allocate(0));
        }
        sender.setReserve(plus(sender.getReserve(), amount.negate()));
        sender.setClaimed(plus(sender.getClaimed(), amount));
        if (claimant.equals(recipient)) {
            sender.setClaimedByUs(plus(sender.getClaimedByUs(), amount));
        }
        save(sender, rows);
    }

    private static boolean isInPool(OrchestratorEntry entry) {
        return entry.getDeactivationRound() == Long.MAX_VALUE;
    }

    private static SenderEntry sender(ChainLog log, ChainBlock block, ChainRows rows) {
        EthAddress address = indexed(log);
        SenderEntry known = rows.get(SENDER + address.lower(), SenderEntry.class);
        SenderEntry sender = known != null ? known : unknownSender(address);
        sender.setBlock(block.getNumber());
        return sender;
    }

    /** A sender without funds. */
    static SenderEntry unknownSender(EthAddress address) {
        return SenderEntry.newBuilder()
                .setSender(ByteBuffer.wrap(address.bytes()))
                .setDeposit(ByteBuffer.allocate(0))
                .setReserve(ByteBuffer.allocate(0))
                .setBlock(0)
                .build();
    }

    private static void save(SenderEntry sender, ChainRows rows) {
        rows.put(SENDER + EthAddress.of(Bytes.of(sender.getSender())).lower(), sender);
    }

    private static OrchestratorEntry orchestrator(ChainLog log, ChainBlock block, ChainRows rows) {
        EthAddress address = indexed(log);
        OrchestratorEntry known = rows.get(ORCHESTRATOR + address.lower(), OrchestratorEntry.class);
        OrchestratorEntry entry = known != null ? known : unknownOrchestrator(address);
        entry.setBlock(block.getNumber());
        return entry;
    }

    /** An orchestrator that never was active. */
    static OrchestratorEntry unknownOrchestrator(EthAddress address) {
        return OrchestratorEntry.newBuilder()
                .setAddress(ByteBuffer.wrap(address.bytes()))
                .setActivationRound(0)
                .setDeactivationRound(0)
                .setBlock(0)
                .build();
    }

    private static void save(OrchestratorEntry entry, ChainRows rows) {
        rows.put(ORCHESTRATOR + EthAddress.of(Bytes.of(entry.getAddress())).lower(), entry);
    }

    /** The account that the first indexed field names. */
    private static EthAddress indexed(ChainLog log) {
        return EthAddress.of(Bytes.of(log.getTopics().get(1)));
    }

    private static EthAddress address(BigInteger word) {
        return EthAddress.of(word.toByteArray());
    }

    /** A number that is not indexed. */
    private static BigInteger word(ChainLog log, int at) {
        return new BigInteger(1, data(log, at));
    }

    private static byte[] data(ChainLog log, int at) {
        byte[] data = Bytes.of(log.getData());
        return Arrays.copyOfRange(data, at * WORD, (at + 1) * WORD);
    }

    /** A text that is the only field: its place, its length, its bytes. */
    private static String text(ChainLog log) {
        byte[] data = Bytes.of(log.getData());
        int length = word(log, 1).min(BigInteger.valueOf(data.length)).intValueExact();
        int end = Math.min(data.length, 2 * WORD + length);
        return new String(data, 2 * WORD, Math.max(0, end - 2 * WORD), StandardCharsets.UTF_8);
    }

    private static ByteBuffer plus(ByteBuffer wei, BigInteger more) {
        return Bytes.of(Bytes.number(wei).add(more).max(BigInteger.ZERO));
    }
}

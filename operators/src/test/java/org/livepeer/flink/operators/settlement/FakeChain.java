package org.livepeer.flink.operators.settlement;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.livepeer.flink.operators.hash.Keccak256;
import org.livepeer.flink.operators.ticket.EthAddress;

/**
 * A chain that takes redemptions, with a contract that pays each ticket once: blocks, a pool of
 * transactions that wait, reorganizations, and calls that fail.
 */
final class FakeChain implements SettlementChain, TransactionSigner {
    static final EthAddress ACCOUNT = EthAddress.of(new byte[] {7});
    static final EthAddress BROKER = EthAddress.of(new byte[] {9});
    static final long GAS = 200_000;

    final Map<String, String> faults = new HashMap<>();
    final Map<String, BigInteger> deposits = new HashMap<>();
    final Map<String, BigInteger> reserves = new HashMap<>();
    final Set<String> swallowed = new HashSet<>();
    BigInteger gasPrice = BigInteger.valueOf(10);
    BigInteger balance = BigInteger.TEN.pow(18);
    long round = 5;
    boolean roundInitialized = true;
    boolean paused;
    long l1BlocksLeft = 50;
    long deactivationRound = Long.MAX_VALUE;
    long lastRewardRound = 5;
    long id = 1;
    String refuses = "";
    boolean takesNothing;
    int confirmations = 4;
    int looks;
    final List<byte[]> signed = new ArrayList<>();

    private final List<List<Tx>> blocks = new ArrayList<>();
    private final TreeMap<Long, Tx> pool = new TreeMap<>();
    private final Map<String, BigInteger> faceValues = new HashMap<>();

    /** A transaction: its text is nonce, fee, gas, wei, to, data. */
    private record Tx(String hash, long nonce, BigInteger fee, String data) {
        static Tx read(byte[] raw) {
            String[] parts = new String(raw, UTF_8).split(";", -1);
            String hash = "0x" + HexFormat.of().formatHex(Keccak256.of(raw));
            return new Tx(hash, Long.parseLong(parts[0]), new BigInteger(parts[1]), parts[5]);
        }

        List<String> tickets() {
            return data.startsWith("redeem:") && data.length() > 7
                    ? Arrays.asList(data.substring(7).split(","))
                    : List.of();
        }
    }

    FakeChain() {
        for (int i = 0; i < 10; i++) {
            blocks.add(new ArrayList<>());
        }
    }

    @Override
    public EthAddress account() {
        return ACCOUNT;
    }

    @Override
    public byte[] sign(Unsigned t) {
        byte[] raw =
                String.join(
                                ";",
                                Long.toString(t.nonce()),
                                t.maxFeePerGas().toString(),
                                Long.toString(t.gas()),
                                t.wei().toString(),
                                t.to().toString(),
                                new String(t.data(), UTF_8))
                        .getBytes(UTF_8);
        signed.add(raw);
        return raw;
    }

    @Override
    public Call redemption(List<Redeemable> tickets) {
        List<String> hashes = new ArrayList<>();
        for (Redeemable each : tickets) {
            hashes.add(hash(each));
        }
        return new Call(
                BROKER, ("redeem:" + String.join(",", hashes)).getBytes(UTF_8), BigInteger.ZERO);
    }

    private String hash(Redeemable ticket) {
        String hash = "0x" + HexFormat.of().formatHex(ticket.ticket().hash());
        faceValues.put(hash, ticket.ticket().faceValue());
        return hash;
    }

    @Override
    public Optional<String> refusal(String action, Map<String, String> arguments) {
        return action.equals("nonsense")
                ? Optional.of("there is no action nonsense")
                : Optional.empty();
    }

    @Override
    public void close() {}

    /** The next block, with all that can be in it. */
    void mine() {
        List<Tx> block = new ArrayList<>();
        long next = nonce(blocks.size());
        while (pool.containsKey(next) && pool.get(next).fee().compareTo(gasPrice) >= 0) {
            block.add(pool.remove(next));
            next++;
        }
        blocks.add(block);
    }

    /** Somebody else with the account's key. */
    void mineForeign() {
        long next = nonce(blocks.size());
        pool.remove(next);
        blocks.add(List.of(new Tx("0xforeign" + next, next, BigInteger.ONE, "")));
    }

    /** The newest blocks are dropped; their transactions wait again, or are gone. */
    void drop(int depth, boolean forget) {
        for (int i = 0; i < depth; i++) {
            for (Tx each : blocks.remove(blocks.size() - 1)) {
                if (!forget) {
                    pool.put(each.nonce(), each);
                }
            }
        }
        for (int i = 0; i < depth; i++) {
            blocks.add(new ArrayList<>());
        }
    }

    /** The node has forgotten what waits. */
    void forget(Random random) {
        pool.keySet().removeIf(nonce -> random.nextInt(3) == 0);
    }

    private long nonce(int blocksSeen) {
        return blocks.subList(0, Math.max(0, blocksSeen)).stream().mapToLong(List::size).sum();
    }

    /** wei that each ticket was paid, by the blocks that are there. */
    Map<String, BigInteger> paid() {
        Map<String, BigInteger> paid = new LinkedHashMap<>();
        for (List<Tx> block : blocks) {
            for (Tx each : block) {
                for (String ticket : each.tickets()) {
                    if (!swallowed.contains(each.hash() + ticket)) {
                        paid.putIfAbsent(ticket, faceValues.getOrDefault(ticket, BigInteger.ZERO));
                    }
                }
            }
        }
        return paid;
    }

    /** Tickets that were redeemed by a transaction that found them redeemed. */
    long wasted() {
        Set<String> seen = new HashSet<>();
        return blocks.stream()
                .flatMap(List::stream)
                .flatMap(tx -> tx.tickets().stream())
                .filter(ticket -> !seen.add(ticket))
                .count();
    }

    int height() {
        return blocks.size();
    }

    @Override
    public Look look(Wanted wanted) throws IOException {
        looks++;
        if (wanted.chainId() != 0 && wanted.chainId() != id) {
            throw new IOException("the node is of chain " + id + ", not " + wanted.chainId());
        }
        Map<String, String> unsent = new HashMap<>();
        wanted.broadcasts()
                .forEach(
                        (hash, raw) -> {
                            String fault = take(raw);
                            if (!fault.isEmpty()) {
                                unsent.put(hash, fault);
                            }
                        });
        Map<String, BigInteger> paid = paid();
        BigInteger spent = paid.values().stream().reduce(BigInteger.ZERO, BigInteger::add);
        Map<String, Tried> tickets = new HashMap<>();
        for (Redeemable each : wanted.tickets()) {
            String hash = hash(each);
            String sender = each.ticket().sender().lower();
            boolean used = paid.containsKey(hash);
            String fault = used ? "ticket is used" : faults.getOrDefault(hash, "");
            tickets.put(
                    hash,
                    new Tried(
                            used,
                            fault.isEmpty() ? GAS : null,
                            fault,
                            deposits.getOrDefault(sender, BigInteger.TEN.pow(18)).subtract(spent),
                            reserves.getOrDefault(sender, BigInteger.ZERO),
                            0));
        }
        Map<String, Prepared> steps = new HashMap<>();
        for (Step each : wanted.steps()) {
            steps.put(each.id(), prepare(each));
        }
        Map<String, Mined> mined = new HashMap<>();
        Set<String> before = new HashSet<>();
        for (int i = 0; i < blocks.size(); i++) {
            for (Tx tx : blocks.get(i)) {
                Map<String, BigInteger> redeemed = new HashMap<>();
                for (String ticket : tx.tickets()) {
                    if (!swallowed.contains(tx.hash() + ticket) && before.add(ticket)) {
                        redeemed.put(ticket, faceValues.getOrDefault(ticket, BigInteger.ZERO));
                    }
                }
                if (wanted.transactions().contains(tx.hash())) {
                    boolean failed = tx.data().startsWith("fails");
                    mined.put(
                            tx.hash(),
                            new Mined(i, !failed, failed ? "no" : "", BigInteger.ONE, redeemed));
                }
            }
        }
        return new Look(standing(), tickets, steps, mined, unsent);
    }

    private Prepared prepare(Step step) {
        int steps = step.action().equals("two") ? 2 : 1;
        if (step.step() >= steps) {
            return new Prepared(null, null, "", true);
        }
        if (step.action().equals("impossible")) {
            return new Prepared(null, null, "it cannot be", true);
        }
        byte[] data = (step.action() + step.step()).getBytes(UTF_8);
        return new Prepared(new Call(BROKER, data, BigInteger.ZERO), 100_000L, "", false);
    }

    private String take(byte[] raw) {
        Tx tx = Tx.read(raw);
        boolean known =
                blocks.stream().flatMap(List::stream).anyMatch(t -> t.hash().equals(tx.hash()));
        Tx waiting = pool.get(tx.nonce());
        if (known || (waiting != null && waiting.hash().equals(tx.hash()))) {
            return "";
        }
        if (takesNothing || (!refuses.isEmpty() && tx.data().contains(refuses))) {
            return "exceeds block gas limit";
        }
        if (tx.nonce() < nonce(blocks.size())) {
            return "nonce too low";
        }
        if (waiting != null
                && tx.fee()
                                .compareTo(
                                        waiting.fee()
                                                .multiply(BigInteger.valueOf(11))
                                                .divide(BigInteger.TEN))
                        < 0) {
            return "replacement transaction underpriced";
        }
        pool.put(tx.nonce(), tx);
        return "";
    }

    Standing standing() {
        long head = blocks.size() - 1L;
        return new Standing(
                id,
                head,
                head * 1_000,
                1_000 + head,
                gasPrice,
                gasPrice,
                30_000_000,
                paused,
                round,
                roundInitialized,
                l1BlocksLeft,
                2,
                1,
                deactivationRound,
                lastRewardRound,
                nonce(blocks.size()),
                nonce((int) head + 1 - confirmations),
                balance);
    }
}

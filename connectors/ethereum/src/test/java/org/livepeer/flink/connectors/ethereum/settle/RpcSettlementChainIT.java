package org.livepeer.flink.connectors.ethereum.settle;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.livepeer.flink.connectors.ethereum.devnet.Devnet;
import org.livepeer.flink.connectors.ethereum.devnet.Packages;
import org.livepeer.flink.connectors.ethereum.keys.AccountKey;
import org.livepeer.flink.connectors.ethereum.keys.KeySigner;
import org.livepeer.flink.connectors.ethereum.keys.KeyStore;
import org.livepeer.flink.operators.hash.Keccak256;
import org.livepeer.flink.operators.settlement.SettlementChain;
import org.livepeer.flink.operators.settlement.SettlementChain.Call;
import org.livepeer.flink.operators.settlement.SettlementChain.Look;
import org.livepeer.flink.operators.settlement.SettlementChain.Mined;
import org.livepeer.flink.operators.settlement.SettlementChain.Prepared;
import org.livepeer.flink.operators.settlement.SettlementChain.Redeemable;
import org.livepeer.flink.operators.settlement.SettlementChain.Standing;
import org.livepeer.flink.operators.settlement.SettlementChain.Step;
import org.livepeer.flink.operators.settlement.SettlementChain.Tried;
import org.livepeer.flink.operators.settlement.SettlementChain.Wanted;
import org.livepeer.flink.operators.settlement.TransactionSigner;
import org.livepeer.flink.operators.settlement.TransactionSigner.Unsigned;
import org.livepeer.flink.operators.ticket.EthAddress;
import org.livepeer.flink.operators.ticket.RecipientRands;
import org.livepeer.flink.operators.ticket.Ticket;

/** Settlement's port on the development chain, where npm has put what it needs. */
class RpcSettlementChainIT {
    private static final Wanted NOTHING = new Wanted(List.of(), List.of(), List.of(), Map.of());
    private static final BigInteger CERTAIN =
            BigInteger.ONE.shiftLeft(256).subtract(BigInteger.ONE);
    private static final BigInteger RAND = BigInteger.valueOf(0x1234567890abcdefL);
    private static final BigInteger FACE = BigInteger.TEN.pow(16);
    private static final BigInteger LPT = BigInteger.TEN.pow(18);
    private static final int CONFIRMATIONS = 3;

    @TempDir static Path folder;

    private static Devnet devnet;
    private static AccountKey gateway;
    private static long nonces = 1;

    @BeforeAll
    static void start() throws Exception {
        Path packages;
        try {
            packages = Packages.in(Path.of("../../target/devnet").toAbsolutePath().normalize());
        } catch (IllegalStateException e) {
            packages = Assumptions.abort(e.getMessage());
        }
        devnet =
                Devnet.start(
                        new Devnet.Options(
                                folder,
                                packages,
                                0,
                                Duration.ofMillis(250),
                                "https://127.0.0.1:8935"));
        gateway = KeyStore.open(folder.resolve("gateway"), null, passphrase("gateway"));
    }

    @AfterAll
    static void stop() {
        if (devnet != null) {
            devnet.close();
        }
    }

    private static Path passphrase(String who) {
        return folder.resolve(who + ".passphrase");
    }

    private static SettlementChain chain(String account) {
        return new RpcSettlementChain.Factory(
                        devnet.uri().toString(),
                        devnet.facts().contracts().get("Controller"),
                        account,
                        devnet.facts().orchestrator(),
                        CONFIRMATIONS)
                .open();
    }

    private static TransactionSigner signer(String who) {
        return new KeySigner.Factory(
                        folder.resolve(who).toString(), null, passphrase(who).toString())
                .open();
    }

    private static EthAddress address(String hex) {
        return EthAddress.of(HexFormat.of().parseHex(hex.substring(2)));
    }

    private static BigInteger ask(String contract, String signature, Object... arguments)
            throws Exception {
        return devnet.ask(contract, signature, arguments);
    }

    /** A ticket of the gateway that wins, of the round before by so many. */
    private static Redeemable ticket(long roundsAgo) throws Exception {
        long round = ask("RoundsManager", "lastInitializedRound()").longValueExact() - roundsAgo;
        BigInteger hash = ask("RoundsManager", "blockHashForRound(uint256)", round);
        byte[] blockHash = HexFormat.of().parseHex(String.format("%064x", hash));
        Ticket ticket =
                new Ticket(
                        address(devnet.facts().orchestrator()),
                        gateway.address(),
                        FACE,
                        CERTAIN,
                        nonces++,
                        RecipientRands.hash(RAND),
                        round,
                        blockHash);
        return new Redeemable(ticket, gateway.sign(ticket.hash()), RAND);
    }

    private static String hash(Redeemable redeemable) {
        return "0x" + HexFormat.of().formatHex(redeemable.ticket().hash());
    }

    /** Signs a call, sends it by one look, and looks until it is in a block. */
    private static Mined send(SettlementChain chain, TransactionSigner signer, Call call, long gas)
            throws Exception {
        Standing standing = chain.look(NOTHING).standing();
        byte[] raw =
                signer.sign(
                        new Unsigned(
                                standing.chainId(),
                                standing.nonce(),
                                gas,
                                standing.baseFee().shiftLeft(1).add(BigInteger.TEN),
                                BigInteger.ONE,
                                call.to(),
                                call.wei(),
                                call.data()));
        String hash = "0x" + HexFormat.of().formatHex(Keccak256.of(raw));
        for (int i = 0; i < 3; i++) {
            Look sent = chain.look(new Wanted(List.of(), List.of(), List.of(), Map.of(hash, raw)));
            assertThat(sent.unsent()).as("offered again, it is taken all the same").isEmpty();
        }
        for (int i = 0; i < 200; i++) {
            Look look = chain.look(new Wanted(List.of(), List.of(), List.of(hash), Map.of()));
            Mined mined = look.mined().get(hash);
            if (mined != null && look.standing().nonce() > standing.nonce()) {
                return mined;
            }
            Thread.sleep(50);
        }
        throw new AssertionError("not in a block: " + hash);
    }

    /** Lets rounds pass; they are initialized. */
    private static void pass(int rounds) throws Exception {
        for (int i = 0; i < rounds; i++) {
            BigInteger before = ask("RoundsManager", "currentRound()");
            long next =
                    ask("RoundsManager", "currentRoundStartBlock()").longValueExact()
                            + ask("RoundsManager", "roundLength()").longValueExact();
            long blocks = Math.max(1, next - devnet.rpc().blockNumber());
            devnet.rpc().call("anvil_mine", "0x" + Long.toHexString(blocks));
            while (ask("RoundsManager", "lastInitializedRound()").compareTo(before) <= 0) {
                Thread.sleep(50);
            }
        }
    }

    private static Tried tryOut(SettlementChain chain, Redeemable ticket) throws IOException {
        Tried tried =
                chain.look(new Wanted(List.of(ticket), List.of(), List.of(), Map.of()))
                        .tickets()
                        .get(hash(ticket));
        assertThat(tried).isNotNull();
        return tried;
    }

    /** Carries out an order, and says how many steps that took. */
    private static int carryOut(
            SettlementChain chain,
            TransactionSigner signer,
            String action,
            Map<String, String> arguments)
            throws Exception {
        assertThat(chain.refusal(action, arguments)).isEmpty();
        for (int step = 0; ; ) {
            Prepared prepared = prepare(chain, action, arguments, step);
            if (prepared.call() == null && prepared.fault().isEmpty()) {
                return step;
            }
            if (!prepared.isFinal() && prepared.gas() == null) {
                Thread.sleep(100);
                continue;
            }
            assertThat(prepared.fault()).isEmpty();
            Mined mined = send(chain, signer, prepared.call(), prepared.gas());
            assertThat(mined.fault()).as(action).isEmpty();
            assertThat(mined.succeeded()).as(action + " step " + step).isTrue();
            step++;
        }
    }

    private static Prepared prepare(
            SettlementChain chain, String action, Map<String, String> arguments, int step)
            throws IOException {
        Prepared prepared =
                chain.look(
                                new Wanted(
                                        List.of(),
                                        List.of(new Step("order", action, arguments, step)),
                                        List.of(),
                                        Map.of()))
                        .steps()
                        .get("order");
        assertThat(prepared).isNotNull();
        return prepared;
    }

    @Test
    void theStandingIsWhatTheContractsSay() throws Exception {
        String orchestrator = devnet.facts().orchestrator();
        try (SettlementChain chain = chain(orchestrator)) {
            Standing standing = chain.look(NOTHING).standing();
            assertThat(standing.chainId()).isEqualTo(31_337);
            assertThat(standing.block()).isBetween(1L, devnet.rpc().blockNumber());
            assertThat(standing.l1Block()).isEqualTo(standing.block());
            assertThat(standing.blockAtMs())
                    .isBetween(
                            System.currentTimeMillis() - 600_000,
                            System.currentTimeMillis() + 600_000);
            assertThat(standing.gasPrice()).isPositive();
            assertThat(standing.baseFee()).isPositive();
            assertThat(standing.blockGas()).isEqualTo(60_000_000);
            assertThat(standing.paused()).isFalse();
            assertThat(standing.round())
                    .isCloseTo(
                            ask("RoundsManager", "currentRound()").longValueExact(),
                            org.assertj.core.data.Offset.offset(1L));
            assertThat(standing.l1BlocksLeft()).isBetween(0L, 60L);
            assertThat(standing.ticketValidity()).isEqualTo(2);
            assertThat(standing.activationRound()).isPositive();
            assertThat(standing.deactivationRound()).isEqualTo(Long.MAX_VALUE);
            assertThat(standing.isActive()).isTrue();
            assertThat(standing.settledNonce()).isBetween(0L, standing.nonce());
            assertThat(standing.balance()).isPositive();
        }
    }

    @Test
    void ticketsAreTriedAndRedeemed() throws Exception {
        String orchestrator = devnet.facts().orchestrator();
        TransactionSigner signer = signer("orchestrator");
        try (SettlementChain chain = chain(orchestrator)) {
            Redeemable one = ticket(0);
            Tried before = tryOut(chain, one);
            assertThat(before.fault()).isEmpty();
            assertThat(before.used()).isFalse();
            assertThat(before.gas()).isBetween(100_000L, 500_000L);
            assertThat(before.deposit())
                    .isEqualTo(
                            ask(
                                    "TicketBroker",
                                    "getSenderInfo(address)",
                                    devnet.facts().gateway()));
            assertThat(before.claimable()).isEqualTo(BigInteger.TEN.pow(19));
            assertThat(before.withdrawRound()).isZero();

            Mined alone = send(chain, signer, chain.redemption(List.of(one)), 600_000);
            assertThat(alone.succeeded()).isTrue();
            assertThat(alone.fee()).isPositive();
            assertThat(alone.redeemed()).isEqualTo(Map.of(hash(one), FACE));

            Tried after = tryOut(chain, one);
            assertThat(after.used()).isTrue();
            assertThat(after.gas()).isNull();
            assertThat(after.fault()).isEqualTo("ticket is used");
            assertThat(after.deposit()).isEqualTo(before.deposit().subtract(FACE));

            List<Redeemable> several = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                several.add(ticket(0));
            }
            several.add(one);
            Mined batch = send(chain, signer, chain.redemption(several), 2_000_000);
            assertThat(batch.succeeded()).isTrue();
            assertThat(batch.redeemed()).hasSize(5).doesNotContainKey(hash(one));
            several.subList(0, 5)
                    .forEach(t -> assertThat(batch.redeemed()).containsEntry(hash(t), FACE));

            Redeemable another = ticket(0);
            Redeemable wrong =
                    new Redeemable(another.ticket(), another.signature(), BigInteger.ONE);
            assertThat(tryOut(chain, wrong).fault())
                    .isEqualTo("recipientRand does not match recipientRandHash");
            Mined failed = send(chain, signer, chain.redemption(List.of(one)), 600_000);
            assertThat(failed.succeeded()).isFalse();
            assertThat(failed.fault()).isEqualTo("ticket is used");
            assertThat(failed.fee()).isPositive();
            assertThat(failed.redeemed()).isEmpty();

            pass(2);
            Tried late = tryOut(chain, another);
            assertThat(late.used()).isFalse();
            assertThat(late.gas()).isNull();
            assertThat(late.fault()).isEqualTo("ticket is expired");
        }
    }
}

package org.livepeer.flink.connectors.ethereum.settle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.livepeer.flink.connectors.ethereum.keys.AccountKey;
import org.livepeer.flink.connectors.ethereum.rpc.EthRpc;
import org.livepeer.flink.operators.settlement.SettlementChain;
import org.livepeer.flink.operators.settlement.SettlementChain.Mined;
import org.livepeer.flink.operators.settlement.SettlementChain.Redeemable;
import org.livepeer.flink.operators.settlement.SettlementChain.Standing;
import org.livepeer.flink.operators.settlement.SettlementChain.Tried;
import org.livepeer.flink.operators.settlement.SettlementChain.Wanted;
import org.livepeer.flink.operators.ticket.RecipientRands;
import org.livepeer.flink.operators.ticket.Ticket;

/** Tickets on the development chain, where npm has put what it needs. */
class RpcSettlementChainIT {
    private static final BigInteger CERTAIN =
            BigInteger.ONE.shiftLeft(256).subtract(BigInteger.ONE);
    private static final BigInteger RAND = BigInteger.valueOf(0x1234567890abcdefL);
    private static final BigInteger FACE = BigInteger.TEN.pow(16);

    @TempDir static Path folder;

    private static DevnetActors actors;
    private static DevnetActors.Actor orchestrator;
    private static AccountKey gateway;
    private static long nonces = 1;

    @BeforeAll
    static void start() throws Exception {
        actors = DevnetActors.start(folder);
        orchestrator = actors.actor("orchestrator");
        gateway = actors.key("gateway");
    }

    @AfterAll
    static void stop() {
        if (actors != null) {
            actors.close();
        }
    }

    /** A ticket of the gateway that wins, of the round that was initialized last. */
    private static Redeemable ticket() throws Exception {
        long round = actors.number("RoundsManager", "lastInitializedRound()").longValueExact();
        Words hash =
                actors.view(
                        "RoundsManager", "blockHashForRound(uint256)", BigInteger.valueOf(round));
        Ticket ticket =
                new Ticket(
                        orchestrator.account(),
                        gateway.address(),
                        FACE,
                        CERTAIN,
                        nonces++,
                        RecipientRands.hash(RAND),
                        round,
                        hash.word(0));
        return new Redeemable(ticket, gateway.sign(ticket.hash()), RAND);
    }

    private static String hash(Redeemable redeemable) {
        return EthRpc.hex(redeemable.ticket().hash());
    }

    private static Tried tryOut(Redeemable ticket) throws IOException {
        Tried tried =
                orchestrator
                        .chain()
                        .look(new Wanted(0, List.of(ticket), List.of(), List.of(), Map.of()))
                        .tickets()
                        .get(hash(ticket));
        assertThat(tried).isNotNull();
        return tried;
    }

    @Test
    void theStandingIsWhatTheContractsSay() throws Exception {
        Standing standing = orchestrator.chain().look(DevnetActors.NOTHING).standing();
        assertThat(standing.chainId()).isEqualTo(31_337);
        assertThat(standing.block()).isBetween(1L, actors.devnet().rpc().blockNumber());
        assertThat(standing.l1Block()).isEqualTo(standing.block());
        assertThat(standing.blockAtMs()).isCloseTo(System.currentTimeMillis(), within(3_600_000L));
        assertThat(standing.gasPrice()).isPositive();
        assertThat(standing.baseFee()).isPositive();
        assertThat(standing.blockGas()).isEqualTo(60_000_000);
        assertThat(standing.paused()).isFalse();
        assertThat(standing.round())
                .isCloseTo(
                        actors.number("RoundsManager", "currentRound()").longValueExact(),
                        within(1L));
        assertThat(standing.l1BlocksLeft()).isBetween(0L, 60L);
        assertThat(standing.ticketValidity()).isEqualTo(2);
        Words transcoder =
                actors.view("BondingManager", "getTranscoder(address)", orchestrator.account());
        assertThat(standing.lastRewardRound()).isEqualTo(transcoder.bounded(0));
        assertThat(standing.activationRound()).isEqualTo(transcoder.bounded(4)).isPositive();
        assertThat(standing.deactivationRound()).isEqualTo(Long.MAX_VALUE);
        assertThat(standing.isActive()).isTrue();
        assertThat(standing.settledNonce()).isBetween(0L, standing.nonce());
        assertThat(standing.balance()).isEqualTo(actors.balance(orchestrator.account()));
    }

    @Test
    void ticketsAreTriedAndRedeemed() throws Exception {
        SettlementChain chain = orchestrator.chain();
        Redeemable one = ticket();
        Tried before = tryOut(one);
        assertThat(before.fault()).isEmpty();
        assertThat(before.used()).isFalse();
        assertThat(before.gas()).isBetween(100_000L, 500_000L);
        assertThat(before.deposit())
                .isEqualTo(
                        actors.number("TicketBroker", "getSenderInfo(address)", gateway.address()));
        assertThat(before.claimable()).isEqualTo(BigInteger.TEN.pow(19));
        assertThat(before.withdrawRound()).isZero();

        Mined alone = orchestrator.send(chain.redemption(List.of(one)), 600_000);
        assertThat(alone.succeeded()).isTrue();
        assertThat(alone.fee()).isPositive();
        assertThat(alone.redeemed()).isEqualTo(Map.of(hash(one), FACE));

        Tried after = tryOut(one);
        assertThat(after.used()).isTrue();
        assertThat(after.gas()).isNull();
        assertThat(after.fault()).isEqualTo("ticket is used");
        assertThat(after.deposit()).isEqualTo(before.deposit().subtract(FACE));

        List<Redeemable> several = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            several.add(ticket());
        }
        several.add(one);
        Mined batch = orchestrator.send(chain.redemption(several), 2_000_000);
        assertThat(batch.succeeded()).isTrue();
        assertThat(batch.redeemed()).hasSize(5).doesNotContainKey(hash(one));
        several.subList(0, 5)
                .forEach(t -> assertThat(batch.redeemed()).containsEntry(hash(t), FACE));

        Mined failed = orchestrator.send(chain.redemption(List.of(one)), 600_000);
        assertThat(failed.succeeded()).isFalse();
        assertThat(failed.fault()).isEqualTo("ticket is used");
        assertThat(failed.fee()).isPositive();
        assertThat(failed.redeemed()).isEmpty();

        Redeemable another = ticket();
        Redeemable wrong = new Redeemable(another.ticket(), another.signature(), BigInteger.ONE);
        assertThat(tryOut(wrong).fault())
                .isEqualTo("recipientRand does not match recipientRandHash");
        actors.pass(2);
        Tried late = tryOut(another);
        assertThat(late.used()).isFalse();
        assertThat(late.gas()).isNull();
        assertThat(late.fault()).isEqualTo("ticket is expired");

        String to = "0x00000000000000000000000000000000000000aa";
        orchestrator.carryOut("withdrawFees", Map.of("to", to, "amount", FACE.toString()));
        assertThat(actors.balance(actors.address(to))).isEqualTo(FACE);
    }
}

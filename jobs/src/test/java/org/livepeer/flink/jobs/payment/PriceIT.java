package org.livepeer.flink.jobs.payment;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.livepeer.flink.connectors.edge.feed.OperatorOrders;
import org.livepeer.flink.connectors.edge.orchestrator.OrchestratorServer;
import org.livepeer.flink.connectors.edge.payment.PaymentDesk;
import org.livepeer.flink.connectors.ethereum.keys.AccountKey;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.jobs.Ledgers;
import org.livepeer.flink.jobs.LocalWorkers;
import org.livepeer.flink.jobs.OrchestratorRig;
import org.livepeer.flink.jobs.TopicTail;
import org.livepeer.flink.jobs.cli.Commands;
import org.livepeer.flink.jobs.node.PriceKeeper;
import org.livepeer.flink.jobs.node.Pricing;
import org.livepeer.flink.operators.hash.Keccak256;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.operators.price.Price;
import org.livepeer.flink.operators.price.PriceOrigin;
import org.livepeer.flink.operators.segment.Presets;
import org.livepeer.flink.operators.ticket.AdjustedPrice;
import org.livepeer.flink.operators.ticket.Recipient;
import org.livepeer.flink.schemas.AccountState;
import org.livepeer.flink.schemas.Event;
import org.livepeer.flink.schemas.Profile;
import org.livepeer.flink.schemas.VideoCodec;
import org.livepeer.flink.schemas.net.Capabilities;
import org.livepeer.flink.schemas.net.OrchestratorInfo;
import org.livepeer.flink.schemas.net.OrchestratorRequest;
import org.livepeer.flink.schemas.net.PriceInfo;

/** A price in dollars, a feed whose rate moves, and a gateway that pays. */
class PriceIT {
    private static final long BLOCK = 20_000_000;
    private static final BigInteger EV = BigInteger.valueOf(8_000_000_000L);
    private static final BigInteger MOST = EV.multiply(BigInteger.valueOf(5));
    private static final long REDEEM_GAS = 350_000;
    private static final long GAS_PRICE = 7;
    private static final byte[] MEDIA = {0x47, 1, 2, 3};
    private static final AccountKey NODE =
            new AccountKey(Keccak256.of("orchestrator".getBytes(UTF_8)));

    @TempDir Path folder;
    private final ScriptedFeed feed = feed();
    private PaidBench bench;
    private OrchestratorRig rig;
    private OrchestratorServer edge;
    private PriceKeeper keeper;
    private PayingGateway gateway;

    private static ScriptedFeed feed() {
        try {
            return new ScriptedFeed();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static long nowS() {
        return System.currentTimeMillis() / 1_000;
    }

    /** 12 000 wei at 3 000 dollars. */
    private static Price cents(String amount) {
        return Price.parse("-pricePerUnit", amount, Fraction.of(1));
    }

    private Pricing pricing() {
        return Pricing.of(
                cents("0.000000000036USD"),
                Map.of(OperatorOrders.capability(16), cents("0.00000000006usd")),
                feed.feed(),
                System.currentTimeMillis());
    }

    @BeforeEach
    void begin() throws Exception {
        feed.say(3_000, nowS() - 60);
        Pricing pricing = pricing();
        bench = new PaidBench(folder, NODE, BLOCK, new LocalWorkers(20));
        rig = bench.rig;
        edge =
                bench.orchestrator(
                        "one", pricing.baseWei(), new Recipient.Terms(EV, REDEEM_GAS, MOST));
        keeper = keeper(pricing);
        gateway =
                new PayingGateway("payer", edge.port(), List.of(Presets.byName("P144p30fps16x9")));
        bench.chain.funds(gateway.address(), ChainRowsWriter.ETHER, 0);
    }

    private PriceKeeper keeper(Pricing pricing) {
        return new PriceKeeper(
                pricing,
                bench.edge.tables().orders(),
                rig.control::send,
                new SimpleMeterRegistry());
    }

    @AfterEach
    void end() {
        keeper.close();
        edge.close();
        bench.close();
        feed.close();
    }

    private static Fraction price(OrchestratorInfo info) {
        PriceInfo price = info.getPriceInfo();
        return Fraction.of(price.getPricePerUnit(), price.getPixelsPerUnit());
    }

    /** What a gateway must be told for a list price. */
    private static Fraction quoted(long listed) {
        return AdjustedPrice.of(
                Fraction.of(listed),
                new Fraction(MOST, BigInteger.valueOf(REDEEM_GAS * GAS_PRICE)));
    }

    private static void await(String what, BooleanSupplier holds) throws InterruptedException {
        long end = System.nanoTime() + OrchestratorRig.PATIENCE.toNanos();
        while (!holds.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(end);
            Thread.sleep(100);
        }
    }

    private boolean isQuoted(Fraction wanted) {
        try {
            return price(gateway.hello()).equals(wanted);
        } catch (io.grpc.StatusRuntimeException e) {
            // The edge has not read the sender's funds yet.
            return false;
        }
    }

    /** What counts for everybody now, by who set it. */
    private boolean counts(PriceOrigin.Why why) {
        OperatorOrders.Order order =
                bench.edge.tables().orders().orders(System.currentTimeMillis()).get("");
        return order != null
                && PriceOrigin.of(order.commandId()).map(PriceOrigin::why).orElse(null) == why;
    }

    private String why(String session) throws InterruptedException {
        String[] command = {
            "price",
            "--why",
            session,
            "-kafka",
            rig.address.bootstrapServers(),
            "-dataDir",
            folder.toString()
        };
        await("the quote of " + session, () -> Commands.run(command).exitCode() == 0);
        return Commands.run(command).out();
    }

    private void isExact(String session, long charged) {
        AccountState ours =
                Ledgers.settled(
                        rig.address,
                        PaymentDesk.account(gateway.address(), session),
                        charged,
                        OrchestratorRig.PATIENCE);
        assertThat(Fraction.of(ours.getBalance())).isEqualTo(gateway.balance(session));
    }

    @Test
    void aRateThatMovesChangesNewSessionsOnlyAndIsTold() throws Exception {
        // Given a session at the flag's price, which is ordered with its rate
        keeper.applyFlags();
        await("the flag's order", () -> counts(PriceOrigin.Why.SET));
        await("the flag's price", () -> isQuoted(quoted(12_000)));
        String old = gateway.session();
        assertThat(gateway.push(0, MEDIA)).isEmpty();

        // When the same flags come again, and the feed says less, garbage and nothing new
        keeper(pricing()).applyFlags();
        feed.say(0, nowS());
        assertThatThrownBy(keeper::follow)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("says 0 for ETH/USD");
        feed.say(1_000, nowS() - 3_600);
        keeper.follow();
        // And then a new rate
        feed.say(2_000, nowS());
        keeper.follow();
        keeper.follow();
        await("the rate's order", () -> counts(PriceOrigin.Why.RATE));

        // Then the old session keeps its price, and the next one has the new
        assertThat(gateway.push(1, MEDIA)).isEmpty();
        assertThat(price(gateway.info())).isEqualTo(quoted(12_000));
        await("the new price", () -> isQuoted(quoted(18_000)));
        String next = gateway.session();
        assertThat(gateway.push(2, MEDIA)).isEmpty();
        isExact(old, 2);
        isExact(next, 1);

        // And a session that needs HEVC pays what that costs
        assertThat(price(hevc())).isEqualTo(quoted(30_000));
        // Which one that did not say so does not get
        AggregatedHttpResponse sly = slyHevc();
        assertThat(sly.status().code()).isEqualTo(403);
        assertThat(sly.contentUtf8()).contains("incompatible capabilities");

        assertThat(why(old))
                .contains("wei per pixel  " + quoted(12_000))
                .contains("list price     12000")
                .contains("everybody", "9/250000000000 USD", "3000 ETH/USD", "option")
                .contains("face value     " + MOST, "gas price      7 wei")
                .contains("charged at     " + quoted(12_000) + " wei per pixel");
        assertThat(why("session:" + gateway.address().lower() + ":" + next))
                .contains("list price     18000", "2000 ETH/USD", "option, rate moved");
        assertThat(
                        Commands.run(
                                        "price",
                                        "--json",
                                        "-kafka",
                                        rig.address.bootstrapServers(),
                                        "-dataDir",
                                        folder.toString())
                                .out())
                .contains("\"for\":\"everybody\",\"wei_per_pixel\":\"18000\"")
                .contains("\"for\":\"capability:16\",\"wei_per_pixel\":\"30000\"");
        theEventsHaveEachChangeOnce();
    }

    /** A segment that needs HEVC, in a session that was not quoted for it. */
    private AggregatedHttpResponse slyHevc() {
        Profile profile = Presets.of("P144p30fps16x9");
        profile.setCodec(VideoCodec.H265);
        PayingGateway sly = new PayingGateway("payer", edge.port(), List.of(profile));
        sly.hello();
        return sly.post(
                "/segment",
                sly.payment(1).build(),
                sly.segment(0, MEDIA).clearCapabilities().build(),
                MEDIA);
    }

    private OrchestratorInfo hevc() {
        return com.linecorp.armeria.client.grpc.GrpcClients.builder(
                        "gproto+https://127.0.0.1:" + edge.port())
                .factory(com.linecorp.armeria.client.ClientFactory.insecure())
                .build(
                        org.livepeer.flink.schemas.net.OrchestratorGrpc.OrchestratorBlockingStub
                                .class)
                .getOrchestrator(
                        OrchestratorRequest.newBuilder()
                                .setAddress(ByteString.copyFrom(gateway.address().bytes()))
                                .setSig(
                                        ByteString.copyFrom(
                                                gateway.nodeSignature(
                                                        gateway.address()
                                                                .toString()
                                                                .getBytes(UTF_8))))
                                .setCapabilities(
                                        Capabilities.newBuilder().addBitstring(1L << 16 | 1L))
                                .build());
    }

    private void theEventsHaveEachChangeOnce() {
        try (TopicTail events = rig.tail(Topics.EVENTS)) {
            List<Event> changes =
                    events.now().stream()
                            .map(r -> TopicTail.decode(Event.class, r))
                            .filter(e -> e.getType().equals("PriceChanged"))
                            .toList();
            assertThat(changes)
                    .extracting(
                            e ->
                                    e.getNumbers().get("scope")
                                            + " "
                                            + e.getNumbers().get("was")
                                            + " "
                                            + e.getNumbers().get("price")
                                            + " "
                                            + e.getReason()
                                            + " "
                                            + e.getNumbers().get("rate"))
                    .containsExactlyInAnyOrder(
                            "everybody option 12000 ordered 3000",
                            "capability:16 option 20000 ordered 3000",
                            "everybody 12000 18000 the rate moved 2000",
                            "capability:16 20000 30000 the rate moved 2000");
        }
    }

    @Test
    void aPriceThatWasSetByHandStandsAgainstFlagsAndFollowsTheRate() throws Exception {
        keeper.order("", cents("0.00000000009USD"), PriceOrigin.By.ROUTE, PriceOrigin.Why.SET);
        await("the order", () -> counts(PriceOrigin.Why.SET));

        keeper(pricing()).applyFlags();
        feed.say(1_500, nowS());
        keeper.follow();

        await("the rate's order", () -> counts(PriceOrigin.Why.RATE));
        assertThat(bench.edge.tables().orders().newest().get("").weiPerPixel())
                .isEqualTo(Fraction.of(60_000));
        assertThatThrownBy(
                        () ->
                                keeper.order(
                                        "",
                                        cents("1EUR"),
                                        PriceOrigin.By.ROUTE,
                                        PriceOrigin.Why.SET))
                .hasMessage("price feed does not have EUR as a currency (ETH/USD)");
    }

    @Test
    void anOldRateIsNoneToBeginWith() {
        feed.say(3_000, nowS() - 26 * 3_600);

        assertThatThrownBy(this::pricing)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("the price feed's rate of ETH/USD is 26 hours old");
    }
}

package org.livepeer.flink.jobs.payment;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import java.math.BigInteger;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.livepeer.flink.connectors.edge.orchestrator.OrchestratorServer;
import org.livepeer.flink.connectors.edge.payment.PaymentDesk;
import org.livepeer.flink.connectors.ethereum.keys.AccountKey;
import org.livepeer.flink.connectors.gateway.GatewayStream;
import org.livepeer.flink.connectors.gateway.OrchestratorClient;
import org.livepeer.flink.connectors.gateway.OrchestratorException;
import org.livepeer.flink.connectors.gateway.TicketPurse;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.connectors.kafka.client.ControlProducer;
import org.livepeer.flink.jobs.Ledgers;
import org.livepeer.flink.jobs.LocalWorkers;
import org.livepeer.flink.jobs.OrchestratorRig;
import org.livepeer.flink.jobs.TopicTail;
import org.livepeer.flink.operators.hash.Keccak256;
import org.livepeer.flink.operators.ledger.Accounts;
import org.livepeer.flink.operators.ledger.LedgerReplay;
import org.livepeer.flink.operators.ledger.Sums;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.operators.segment.Presets;
import org.livepeer.flink.operators.ticket.Bytes;
import org.livepeer.flink.operators.ticket.Curves;
import org.livepeer.flink.operators.ticket.EthAddress;
import org.livepeer.flink.operators.ticket.EthSignatures;
import org.livepeer.flink.operators.ticket.Recipient;
import org.livepeer.flink.schemas.AccountState;
import org.livepeer.flink.schemas.ControlCommand;
import org.livepeer.flink.schemas.Event;
import org.livepeer.flink.schemas.Profile;
import org.livepeer.flink.schemas.SetPrice;
import org.livepeer.flink.schemas.WinningTicket;
import org.livepeer.flink.schemas.net.OrchestratorInfo;
import org.livepeer.flink.schemas.net.Payment;
import org.livepeer.flink.schemas.net.PaymentResult;
import org.livepeer.flink.schemas.net.PriceInfo;
import org.livepeer.flink.schemas.net.SegData;
import org.livepeer.flink.schemas.net.TranscodeResult;

/**
 * Two edges on chain, the whole job on a real broker, and gateways that pay as go-livepeer's do.
 * What the chain job would say is written by the test.
 */
class PaidStreamIT {
    private static final long BLOCK = 20_000_000;
    private static final BigInteger EV = BigInteger.valueOf(8_000_000_000L);
    private static final List<Profile> LADDER =
            List.of(Presets.byName("P144p30fps16x9"), Presets.byName("P240p30fps16x9"));
    private static final AccountKey NODE =
            new AccountKey(Keccak256.of("orchestrator".getBytes(UTF_8)));
    private static final byte[] MEDIA = {0x47, 1, 2, 3};

    @TempDir static Path folder;
    private static PaidBench bench;
    private static OrchestratorRig rig;
    private static OrchestratorServer one;
    private static OrchestratorServer two;

    @BeforeAll
    static void begin() throws Exception {
        bench = new PaidBench(folder, NODE, BLOCK, new LocalWorkers(20));
        rig = bench.rig;
        Recipient.Terms terms =
                new Recipient.Terms(EV, 350_000, EV.multiply(BigInteger.valueOf(5)));
        one = bench.orchestrator("one", Fraction.of(12_000), terms);
        two = bench.orchestrator("two", Fraction.of(12_000), terms);
    }

    @AfterAll
    static void end() throws Exception {
        one.close();
        two.close();
        bench.close();
    }

    private static PayingGateway gateway(String name, OrchestratorServer at) throws Exception {
        PayingGateway gateway = new PayingGateway(name, at.port(), LADDER);
        bench.chain.funds(gateway.address(), ChainRowsWriter.ETHER, 0);
        for (int i = 0; ; i++) {
            try {
                gateway.hello();
                return gateway;
            } catch (io.grpc.StatusRuntimeException e) {
                // The edge has not read the sender's funds yet.
                if (i > 100) {
                    throw e;
                }
                Thread.sleep(50);
            }
        }
    }

    /** What {@code livepeer push -orchAddr} does. */
    @Test
    void aPushOverTheWireStreamsAndPaysExactly() throws Exception {
        AccountKey key = new AccountKey(Keccak256.of("pusher".getBytes(UTF_8)));
        gateway("pusher", one);
        List<String> sessions = new ArrayList<>();
        TicketPurse purse =
                new TicketPurse(
                        key, (offer, t, g) -> sessions.add(offer.getAuthToken().getSessionId()));
        try (OrchestratorClient client =
                new OrchestratorClient(new InetSocketAddress("127.0.0.1", two.port()))) {
            GatewayStream stream = new GatewayStream(client, purse, "pushed", LADDER, 1);
            int tickets = 0;
            for (int seq = 0; seq < 3; seq++) {
                GatewayStream.Done done = stream.push(seq, MEDIA, PayingGateway.DURATION_MS);
                assertThat(done.pixels()).isPositive();
                assertThat(done.bytes()).isPositive();
                tickets += done.tickets();
            }
            assertThat(tickets).isEqualTo(sessions.size()).isPositive();
            assertThat(sessions).containsOnly(stream.session());
            assertThat(stream.price()).isGreaterThanOrEqualTo(Fraction.of(12_000));
            AccountState ours =
                    Ledgers.settled(
                            rig.address,
                            PaymentDesk.account(key.address(), stream.session()),
                            3,
                            OrchestratorRig.PATIENCE);
            assertThat(Fraction.of(ours.getBalance())).isEqualTo(purse.balance(stream.session()));

            // Whom the orchestrator does not know gets its reason, and no ticket goes out
            sessions.clear();
            GatewayStream poor =
                    new GatewayStream(
                            client,
                            new TicketPurse(
                                    new AccountKey(Keccak256.of("poor".getBytes(UTF_8))),
                                    (offer, t, g) ->
                                            sessions.add(offer.getAuthToken().getSessionId())),
                            "pushed",
                            LADDER,
                            GatewayStream.TRIES);
            assertThatThrownBy(() -> poor.push(0, MEDIA, PayingGateway.DURATION_MS))
                    .isInstanceOf(OrchestratorException.class)
                    .hasMessageContaining("insufficient sender reserve");
            assertThat(sessions).isEmpty();
        }
        try (OrchestratorClient nobody =
                new OrchestratorClient(new InetSocketAddress("127.0.0.1", 1))) {
            GatewayStream lost =
                    new GatewayStream(nobody, purse, "pushed", LADDER, GatewayStream.TRIES);
            assertThatThrownBy(() -> lost.push(0, MEDIA, PayingGateway.DURATION_MS))
                    .isInstanceOf(OrchestratorException.class)
                    .hasMessageContaining("refused");
        }
    }

    private static AccountState account(PayingGateway gateway, String session, long charged) {
        return Ledgers.settled(
                rig.address,
                PaymentDesk.account(gateway.address(), session),
                charged,
                OrchestratorRig.PATIENCE);
    }

    /** Everything that must hold when a gateway's sessions are over. */
    private static void exact(PayingGateway gateway, Map<String, Integer> chargedBySession) {
        chargedBySession.forEach(
                (session, charged) -> {
                    AccountState ours = account(gateway, session, charged);
                    assertThat(ours.getChargedSegments()).isEqualTo(charged.longValue());
                    assertThat(Fraction.of(ours.getBalance())).isEqualTo(gateway.balance(session));
                    assertThat(Accounts.sumRuleHolds(ours)).isTrue();
                    assertThat(replayed(ours)).contains(Sums.of(ours));
                });
        assertThat(written(gateway)).isEqualTo(won(gateway));
    }

    /** The account as its events tell it, once they are all there. */
    private static Optional<Sums> replayed(AccountState ours) {
        LedgerReplay replay = new LedgerReplay();
        try (TopicTail events = rig.tail(Topics.EVENTS)) {
            events.until(
                    all ->
                            all.stream()
                                    .map(r -> TopicTail.decode(Event.class, r))
                                    .anyMatch(
                                            e ->
                                                    e.getStream().equals(ours.getAccount())
                                                            && e.getSequence()
                                                                    == ours.getEventSequence()),
                    OrchestratorRig.PATIENCE);
            events.now().forEach(r -> replay.accept(TopicTail.decode(Event.class, r)));
        }
        assertThat(replay.problems()).isEmpty();
        return replay.at(ours.getAccount(), ours.getEventSequence());
    }

    private static Set<String> won(PayingGateway gateway) {
        return new TreeSet<>(
                WonTickets.among(gateway.sent(), gateway.address(), rig.secret).keySet());
    }

    private static Fraction priceOf(PayingGateway gateway) {
        PriceInfo price = gateway.info().getPriceInfo();
        return Fraction.of(price.getPricePerUnit(), price.getPixelsPerUnit());
    }

    private static Set<String> written(PayingGateway gateway) {
        Set<String> written = new TreeSet<>();
        try (TopicTail wins = rig.tail(Topics.WINNING_TICKETS)) {
            wins.now()
                    .forEach(
                            r -> {
                                WinningTicket win = TopicTail.decode(WinningTicket.class, r);
                                if (EthAddress.of(Bytes.of(win.getSender()))
                                        .equals(gateway.address())) {
                                    written.add(
                                            HexFormat.of()
                                                    .formatHex(Bytes.of(win.getTicketHash())));
                                }
                            });
        }
        return written;
    }

    @Test
    void bothSidesKeepTheSameBooks() throws Exception {
        PayingGateway gateway = gateway("steady", one);
        String first = gateway.session();
        for (int seq = 0; seq < 8; seq++) {
            assertThat(gateway.push(seq, MEDIA)).isEmpty();
        }
        gateway.hello();
        String second = gateway.session();
        for (int seq = 8; seq < 12; seq++) {
            assertThat(gateway.push(seq, MEDIA)).isEmpty();
        }

        assertThat(second).isNotEqualTo(first);
        exact(gateway, Map.of(first, 8, second, 4));
        assertThat(won(gateway)).isNotEmpty();
        // The second session took over the lease of the first.
        String stream = "wire." + gateway.address().lower() + ".cam";
        assertThat(bench.edge.tables().sessions())
                .filteredOn(s -> s.getLease().getManifestId().equals(stream))
                .singleElement()
                .satisfies(s -> assertThat(s.getLease().getAccount()).endsWith(second));
    }

    @Test
    void aSendersOwnPriceIsToldToItAloneAndCharged() throws Exception {
        PayingGateway dear = gateway("dear", one);
        PayingGateway other = gateway("other", one);
        Fraction everybodys = priceOf(dear);
        String account = "sender:" + dear.address().lower();
        try (ControlProducer control = new ControlProducer(rig.address, rig.secret)) {
            control.send(
                    ControlCommand.newBuilder()
                            .setId("price of dear")
                            .setTarget(account)
                            .setIssuedAtMs(System.currentTimeMillis())
                            .setCommand(new SetPrice(account, Fraction.of(24_000).toRational()))
                            .build());
        }

        long end = System.nanoTime() + OrchestratorRig.PATIENCE.toNanos();
        while (priceOf(dear).equals(everybodys) && System.nanoTime() < end) {
            Thread.sleep(200);
            dear.hello();
        }
        other.hello();

        assertThat(priceOf(dear)).isGreaterThan(everybodys);
        assertThat(priceOf(other)).isEqualTo(everybodys);
        assertThat(dear.push(0, MEDIA)).isEmpty();
        exact(dear, Map.of(dear.session(), 1));
    }

    @Test
    void everyWeiIsThereAfterTheDeathOfATaskManagerWithVerdictsOutstanding() throws Exception {
        PayingGateway gateway = gateway("stricken", one);
        String session = gateway.session();
        int charged = 0;
        for (int seq = 0; seq < 12; seq++) {
            if (seq % 4 == 2) {
                int victim = seq / 4 % 2;
                Thread killer =
                        new Thread(
                                () -> {
                                    try {
                                        Thread.sleep(5);
                                        rig.loseTaskManagers();
                                        rig.bringTaskManagers();
                                    } catch (Exception e) {
                                        throw new IllegalStateException("victim " + victim, e);
                                    }
                                });
                killer.start();
                assertThat(gateway.push(seq, MEDIA)).isEmpty();
                killer.join();
            } else {
                assertThat(gateway.push(seq, MEDIA)).isEmpty();
            }
            charged++;
        }

        assertThat(rig.wasRestarted(bench.job)).isTrue();
        exact(gateway, Map.of(session, charged));
    }

    @Test
    void theAnswerIsSignedAndOpensTheNextPayment() throws Exception {
        PayingGateway gateway = gateway("careful", two);
        OrchestratorInfo hello = gateway.info();
        EthSignatures signatures = new EthSignatures(Curves.best());

        AggregatedHttpResponse response =
                gateway.post(
                        "/segment",
                        gateway.payment(20).build(),
                        gateway.segment(0, MEDIA).build(),
                        MEDIA);

        TranscodeResult result = TranscodeResult.parseFrom(response.content().array());
        assertThat(hello.getAddress()).isEqualTo(ByteString.copyFrom(NODE.address().bytes()));
        byte[] hash = Keccak256.of(new byte[] {0x47});
        byte[] all = new byte[64];
        System.arraycopy(hash, 0, all, 0, 32);
        System.arraycopy(hash, 0, all, 32, 32);
        assertThat(
                        signatures.verifies(
                                NODE.address(),
                                Keccak256.of(all),
                                result.getData().getSig().toByteArray()))
                .isTrue();
        assertThat(result.getInfo().getAuthToken()).isEqualTo(hello.getAuthToken());
        assertThat(result.getInfo().getPriceInfo()).isEqualTo(hello.getPriceInfo());
        assertThat(result.getInfo().getTicketParams().getRecipientRandHash())
                .isNotEqualTo(hello.getTicketParams().getRecipientRandHash());
        assertThat(result.getInfo().getTicketParams().getSeed().size()).isBetween(28, 32);
    }

    private static String said(AggregatedHttpResponse response) {
        return response.status().code() + " " + response.contentUtf8().strip();
    }

    private String segment(PayingGateway gateway, Payment payment, long seq) {
        AggregatedHttpResponse response =
                gateway.post("/segment", payment, gateway.segment(seq, MEDIA).build(), MEDIA);
        return response.status().code() == 200 ? "200" : said(response);
    }

    @Test
    void replaysAreCreditedNowhere() throws Exception {
        PayingGateway gateway = gateway("replaying", one);
        PayingGateway elsewhere = new PayingGateway("replaying", two.port(), LADDER);
        Payment payment = gateway.payment(12).build();
        SegData segment = gateway.segment(0, MEDIA).build();
        String seen =
                "400 invalid ticket senderNonce: already seen sender="
                        + gateway.address()
                        + " nonce=12";

        assertThat(gateway.post("/segment", payment, segment, MEDIA).status().code())
                .isEqualTo(200);
        Fraction credited = Fraction.of(account(gateway, gateway.session(), 1).getTicketCredit());

        assertThat(said(gateway.post("/segment", payment, segment, MEDIA))).isEqualTo(seen);
        assertThat(said(elsewhere.post("/segment", payment, segment, MEDIA))).isEqualTo(seen);
        assertThat(said(elsewhere.post("/payment", payment, segment, new byte[0]))).isEqualTo(seen);
        String session = gateway.session();
        gateway.hello();
        assertThat(
                        said(
                                gateway.post(
                                        "/segment",
                                        payment,
                                        gateway.segment(1, MEDIA).build(),
                                        MEDIA)))
                .isEqualTo("400 invalid recipientRand for ticket recipientRandHash");
        AccountState after = account(gateway, session, 1);
        assertThat(Fraction.of(after.getTicketCredit())).isEqualTo(credited);
        assertThat(after.getChargedSegments()).isEqualTo(1);
    }

    @Test
    void aPaymentAloneIsCreditedToTheStream() throws Exception {
        PayingGateway gateway = gateway("alone", two);

        AggregatedHttpResponse response =
                gateway.post(
                        "/payment",
                        gateway.payment(3).build(),
                        gateway.segment(0, MEDIA).build(),
                        new byte[0]);

        assertThat(response.status().code()).isEqualTo(200);
        PaymentResult result = PaymentResult.parseFrom(response.content().array());
        assertThat(result.getInfo().getAuthToken()).isEqualTo(gateway.info().getAuthToken());
        String stream = "wire." + gateway.address().lower() + ".cam";
        AccountState account = account(gateway, stream, 0);
        assertThat(Fraction.of(account.getBalance()))
                .isEqualTo(
                        gateway.ticket(gateway.info().getTicketParams(), 1)
                                .expectedValue()
                                .times(3));
    }

    @Test
    void whatIsWrongIsSaidInGoLivepeersWordsAndOrder() throws Exception {
        PayingGateway gateway = gateway("wrong", one);
        PayingGateway stranger = new PayingGateway("stranger", one.port(), LADDER);
        SegData good = gateway.segment(0, MEDIA).build();
        Payment paid = gateway.payment(12).build();
        Payment none = gateway.payment(0).build();

        assertThat(
                        said(
                                gateway.post(
                                        "/segment",
                                        "?",
                                        PayingGateway.header(good.toByteArray()),
                                        MEDIA)))
                .startsWith("402 base64 decode error");
        assertThat(said(gateway.post("/segment", "", "", MEDIA))).isEqualTo("403 ErrSegSig");
        assertThat(
                        said(
                                gateway.post(
                                        "/segment",
                                        none,
                                        stranger.signed(good.toBuilder()).build(),
                                        MEDIA)))
                .isEqualTo("403 ErrSegSig");
        assertThat(
                        said(
                                gateway.post(
                                        "/segment",
                                        none,
                                        good.toBuilder().clearAuthToken().build(),
                                        MEDIA)))
                .isEqualTo("403 missing auth token");
        assertThat(
                        said(
                                gateway.post(
                                        "/segment",
                                        none,
                                        good.toBuilder()
                                                .setAuthToken(
                                                        good.getAuthToken().toBuilder()
                                                                .setSessionId("other"))
                                                .build(),
                                        MEDIA)))
                .isEqualTo("403 invalid auth token");
        assertThat(segment(gateway, none, 0)).isEqualTo("400 Insufficient balance");
        assertThat(
                        segment(
                                gateway,
                                none.toBuilder()
                                        .setExpectedPrice(
                                                PriceInfo.newBuilder().setPixelsPerUnit(1))
                                        .build(),
                                0))
                .isEqualTo("400 Insufficient balance");
        assertThat(segment(gateway, paid.toBuilder().clearSender().build(), 0))
                .isEqualTo("403 ErrSegSig");
        assertThat(segment(gateway, paid.toBuilder().clearExpectedPrice().build(), 0))
                .isEqualTo(
                        "400 invalid expected price sent with payment err=\"expected price is nil\"");
        assertThat(
                        segment(
                                gateway,
                                paid.toBuilder()
                                        .setTicketParams(
                                                paid.getTicketParams().toBuilder()
                                                        .setFaceValue(
                                                                ByteString.copyFrom(
                                                                        new byte[] {1, 2, 3})))
                                        .build(),
                                0))
                .isEqualTo("400 invalid recipientRand for ticket recipientRandHash");
        assertThat(
                        segment(
                                gateway,
                                paid.toBuilder()
                                        .setTicketParams(
                                                paid.getTicketParams().toBuilder()
                                                        .setRecipient(
                                                                ByteString.copyFrom(
                                                                        gateway.address().bytes())))
                                        .build(),
                                0))
                .startsWith("400 orchestrator " + gateway.address() + " is inactive in round 11");
        assertThat(
                        segment(
                                gateway,
                                paid.toBuilder()
                                        .setTicketSenderParams(
                                                11,
                                                paid.getTicketSenderParams(11).toBuilder()
                                                        .setSig(ByteString.EMPTY))
                                        .build(),
                                0))
                .isEqualTo("400 invalid ticket signature");
        // The eleven good ones are there: the account may open with them.
        assertThat(segment(gateway, none, 0)).isEqualTo("200");
        byte[] other = {1};
        assertThat(said(gateway.post("/segment", none, good, other))).isEqualTo("403 Forbidden");
        assertThatThrownBy(() -> gateway.hello(new byte[65]))
                .hasMessageContaining("orchestrator req sig check failed");
        assertThatThrownBy(stranger::hello).hasMessageContaining("insufficient sender reserve");
    }

    @Test
    void aSenderThatTakesItsMoneyOutIsRefused() throws Exception {
        PayingGateway gateway = gateway("leaving", one);
        bench.chain.funds(gateway.address(), ChainRowsWriter.ETHER, ChainRowsWriter.ROUND + 1);

        String said = "";
        for (int seq = 0; seq < 40 && !said.startsWith("400"); seq++) {
            said = segment(gateway, gateway.payment(12).build(), seq);
            Thread.sleep(50);
        }

        assertThat(said)
                .isEqualTo(
                        "400 deposit and reserve for sender "
                                + gateway.address()
                                + " is set to unlock soon");
    }

    @Test
    void parametersThatAreTooOldPayNothing() throws Exception {
        PayingGateway gateway = gateway("slow", two);
        Payment payment = gateway.payment(12).build();
        PayingGateway fresh = gateway("quick", two);
        bench.chain.head(BLOCK + 45);
        String said = "";
        for (int i = 0; i < 100 && !said.contains("expired"); i++) {
            said = segment(gateway, i == 0 ? payment : gateway.payment(1).build(), i);
            Thread.sleep(50);
        }

        assertThat(said).isEqualTo("400 TicketParams expired");
        fresh.hello();
        assertThat(fresh.push(0, MEDIA)).isEmpty();
    }
}

package org.livepeer.flink.jobs.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.connectors.kafka.SecretFile;
import org.livepeer.flink.connectors.kafka.TopicAdmin;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.connectors.kafka.broker.EmbeddedKafka;
import org.livepeer.flink.connectors.kafka.client.Compacted;
import org.livepeer.flink.jobs.cli.Commands.Said;
import org.livepeer.flink.operators.auth.ClusterSecret;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.operators.ticket.Bytes;
import org.livepeer.flink.schemas.ChainOrder;
import org.livepeer.flink.schemas.ChainWorkState;
import org.livepeer.flink.schemas.Event;
import org.livepeer.flink.schemas.RecordCodec;
import org.livepeer.flink.schemas.Redemption;
import org.livepeer.flink.schemas.SettlementOrder;
import org.livepeer.flink.schemas.TicketOrder;
import org.livepeer.flink.schemas.WinningTicket;

/** What the commands about the chain print of records, and which records they write. */
@Timeout(180)
class TicketsIT {
    private static final String ACCOUNT = "0x" + "Ee".repeat(20);
    private static final String GATEWAY = "0x" + "aa".repeat(20);
    private static final String OTHER = "0x" + "bb".repeat(20);
    private static final ClusterSecret FOREIGN =
            new ClusterSecret("fedcba9876543210".getBytes(UTF_8));

    @TempDir static Path folder;
    private static EmbeddedKafka kafka;
    private static ClusterSecret secret;

    @BeforeAll
    static void start() {
        kafka = EmbeddedKafka.start(folder.resolve("kafka"), 0);
        secret = SecretFile.orCreate(folder.resolve("cluster.secret")).secret();
    }

    @AfterAll
    static void stop() {
        kafka.close();
    }

    private static KafkaAddress deployment(String prefix) {
        KafkaAddress address = new KafkaAddress(kafka.bootstrapServers(), prefix);
        try (TopicAdmin topics = new TopicAdmin(address)) {
            topics.create(1, 1);
        }
        return address;
    }

    private static Said run(String prefix, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(
                List.of(
                        "-kafka",
                        kafka.bootstrapServers(),
                        "-topicPrefix",
                        prefix,
                        "-dataDir",
                        folder.toString()));
        return Commands.run(all.toArray(new String[0]));
    }

    private static KafkaAddress withTickets(String prefix) throws Exception {
        KafkaAddress address = deployment(prefix);
        Redemption waits = ticket("01", GATEWAY, 5, ChainWorkState.QUEUED, 1);
        waits.setReason("gas costs more than it pays");
        put(address, Topics.REDEMPTIONS, hash("01"), waits, secret);
        Redemption paid = ticket("02", OTHER, 7, ChainWorkState.CONFIRMED, 2);
        paid.setTransaction(ByteBuffer.wrap(HexFormat.of().parseHex("cd".repeat(32))));
        paid.setPayout(Bytes.of(BigInteger.valueOf(6)));
        paid.setAttempts(1);
        put(address, Topics.REDEMPTIONS, hash("02"), paid, secret);
        Redemption more = ticket("03", GATEWAY, 11, ChainWorkState.QUEUED, 3);
        put(address, Topics.REDEMPTIONS, hash("03"), more, secret);
        Redemption forged = ticket("03", GATEWAY, 1_000, ChainWorkState.CONFIRMED, 3);
        put(address, Topics.REDEMPTIONS, hash("03"), forged, FOREIGN);
        return address;
    }

    @Test
    void ticketsAreListedWithWhatBecameOfThem() throws Exception {
        withTickets("list-");

        Said said = run("list-", "tickets");

        assertThat(said.exitCode()).isZero();
        assertThat(said.out().lines().map(line -> line.replaceAll(" +", " ")))
                .containsExactly(
                        "ticket sender wei state paid round tries transaction reason",
                        "0x0101010101 " + GATEWAY + " 5 QUEUED 9 0 gas costs more than it pays",
                        "0x0202020202 " + OTHER + " 7 CONFIRMED 6 9 1 0x" + "cd".repeat(32),
                        "0x0303030303 " + GATEWAY + " 11 QUEUED 9 0",
                        "CONFIRMED 7 wei",
                        "QUEUED 16 wei");
    }

    @Test
    void someOfThemInJson() throws Exception {
        withTickets("json-");

        Said queued = run("json-", "tickets", "--json", "--state", "queued", "--sender", GATEWAY);
        Said none = run("json-", "tickets", "--json", "--state", "DEAD");

        assertThat(queued.out())
                .contains("\"ticket\":\"" + hash("01") + "\"", "\"ticket\":\"" + hash("03") + "\"")
                .doesNotContain(hash("02"));
        assertThat(none.out()).isEqualTo("[]\n");
    }

    @Test
    void oneIsShownWithItsEvents() throws Exception {
        KafkaAddress address = withTickets("inspect-");
        put(address, Topics.EVENTS, "x", event("TicketDeferred", "ticket", hash("01")), secret);
        put(address, Topics.EVENTS, "x", event("TicketRedeemed", "ticket", hash("02")), secret);

        Said said = run("inspect-", "tickets", "--inspect", "0x01");

        assertThat(said.out())
                .contains(hash("01"), "gas costs more than it pays", "TicketDeferred")
                .doesNotContain("TicketRedeemed");
        assertThat(run("inspect-", "tickets", "--inspect", "0x0").err())
                .isEqualTo(
                        "livepeer: 3 tickets begin with 0x0: give more of its hash; see livepeer --help\n");
    }

    @Test
    void oneIsTriedAgain() throws Exception {
        KafkaAddress address = withTickets("retry-");

        Said said = answered(address, "OrderDone", "retry-", "tickets", "--retry", "0x01");

        assertThat(said.err()).isEmpty();
        assertThat(said.out()).contains("OrderDone");
        assertThat(said.exitCode()).isZero();
        assertThat(order(address).getOrder())
                .isEqualTo(
                        new TicketOrder(
                                ByteBuffer.wrap(HexFormat.of().parseHex("01".repeat(32))),
                                "retry"));
    }

    @Test
    void anOrderIsGivenInTheSmallestUnit() throws Exception {
        KafkaAddress address = deployment("order-");

        Said said =
                answered(address, "OrderFailed", "order-", "chain", "fundDeposit", "amount=1.5eth");

        assertThat(said.out()).contains("OrderFailed");
        assertThat(said.exitCode()).isEqualTo(1);
        assertThat(order(address).getOrder())
                .isEqualTo(new ChainOrder("fundDeposit", Map.of("amount", "1500000000000000000")));
    }

    @Test
    void anOrderThatNobodyAnswersStands() throws Exception {
        KafkaAddress address = deployment("stands-");

        Said said =
                run(
                        "stands-",
                        "chain",
                        "reward",
                        "--wait",
                        "1",
                        "--id",
                        "mine",
                        "-ethAcctAddr",
                        ACCOUNT);

        assertThat(said.err())
                .startsWith("livepeer: order mine stands, but has not ended within 1 s")
                .hasLineCount(1);
        assertThat(said.exitCode()).isEqualTo(1);
        assertThat(order(address).getId()).isEqualTo("mine");
    }

    /** What a command says to which the settlement job gives this one answer. */
    private static Said answered(
            KafkaAddress address, String type, String prefix, String... arguments)
            throws Exception {
        Thread settlement =
                new Thread(
                        () -> {
                            try {
                                while (orders(address).isEmpty()) {
                                    Thread.sleep(50);
                                }
                                put(
                                        address,
                                        Topics.EVENTS,
                                        "x",
                                        event(type, "command", order(address).getId()),
                                        secret);
                            } catch (Exception e) {
                                throw new IllegalStateException(e);
                            }
                        });
        settlement.start();
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("-ethAcctAddr", ACCOUNT));
        Said said = run(prefix, all.toArray(new String[0]));
        settlement.join();
        return said;
    }

    private static Map<String, SettlementOrder> orders(KafkaAddress address) {
        return Compacted.read(address, Topics.ORDERS, SettlementOrder.class, secret);
    }

    private static SettlementOrder order(KafkaAddress address) {
        SettlementOrder order = orders(address).get("0x" + "ee".repeat(20));
        assertThat(order).isNotNull();
        assertThat(HexFormat.of().formatHex(Bytes.of(order.getAccount())))
                .isEqualTo("ee".repeat(20));
        return order;
    }

    private static String hash(String digits) {
        return "0x" + digits.repeat(32);
    }

    private static ByteBuffer bytes(String digits, int times) {
        return ByteBuffer.wrap(HexFormat.of().parseHex(digits.repeat(times)));
    }

    private static Redemption ticket(
            String digits, String sender, long wei, ChainWorkState state, long atMs) {
        return Redemption.newBuilder()
                .setTicket(
                        WinningTicket.newBuilder()
                                .setTicketHash(bytes(digits, 32))
                                .setSender(
                                        ByteBuffer.wrap(
                                                HexFormat.of().parseHex(sender.substring(2))))
                                .setRecipient(bytes("ee", 20))
                                .setFaceValue(Bytes.of(BigInteger.valueOf(wei)))
                                .setWinProb(bytes("ff", 32))
                                .setSenderNonce(1)
                                .setRecipientRandHash(bytes("00", 32))
                                .setCreationRound(9)
                                .setCreationRoundBlockHash(bytes("00", 32))
                                .setSignature(bytes("00", 65))
                                .setSessionId("s")
                                .setSeed(bytes("01", 1))
                                .setExpirationBlock(bytes("01", 1))
                                .setPrice(Fraction.of(1).toRational())
                                .setArrivedAtMs(atMs)
                                .build())
                .setState(state)
                .setQueuedAtMs(atMs)
                .setUpdatedAtMs(atMs)
                .build();
    }

    private static Event event(String type, String name, String value) {
        return Event.newBuilder()
                .setStream("chain:" + ACCOUNT)
                .setSequence(1)
                .setAttempt(1)
                .setAtMs(1)
                .setType(type)
                .setNumbers(Map.of(name, value))
                .build();
    }

    @SuppressWarnings("unchecked")
    private static <T extends SpecificRecordBase> void put(
            KafkaAddress address, Topics topic, String name, T row, ClusterSecret signer)
            throws Exception {
        byte[] key = name.getBytes(UTF_8);
        byte[] value = RecordCodec.of((Class<T>) row.getClass()).encode(row);
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(address.topic(topic), key, value);
        record.headers().add(ClusterSecret.MAC_HEADER, signer.mac(topic.baseName(), key, value));
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(
                        address.producerProperties(),
                        new ByteArraySerializer(),
                        new ByteArraySerializer())) {
            producer.send(record).get(20, TimeUnit.SECONDS);
        }
    }
}

package org.livepeer.flink.jobs.page;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.connectors.transcoder.media.MediaSegment;
import org.livepeer.flink.connectors.transcoder.media.SyntheticOptions;
import org.livepeer.flink.connectors.transcoder.media.SyntheticSource;
import org.livepeer.flink.operators.ticket.Bytes;
import org.livepeer.flink.schemas.AccountState;
import org.livepeer.flink.schemas.ChainHead;
import org.livepeer.flink.schemas.ChainWorkState;
import org.livepeer.flink.schemas.Event;
import org.livepeer.flink.schemas.Lease;
import org.livepeer.flink.schemas.LedgerEntry;
import org.livepeer.flink.schemas.Liveness;
import org.livepeer.flink.schemas.Rational;
import org.livepeer.flink.schemas.RecordCodec;
import org.livepeer.flink.schemas.Redemption;
import org.livepeer.flink.schemas.SessionEntry;
import org.livepeer.flink.schemas.WinningTicket;
import org.livepeer.flink.schemas.WorkerHeartbeat;

/**
 * Writes what a job and its worker write, so that the numbers on the page are known: a live stream
 * of real media, its session, its account and their events.
 */
final class Deployment implements AutoCloseable {
    static final String WORKER = "worker-7f3a9c52";
    static final String BALANCE = "123456789012345678901234567890";
    private static final int SEGMENT_MS = 1_000;
    private static final int AHEAD = 8;

    private final KafkaAddress address;
    private final KafkaProducer<byte[], byte[]> producer;
    private final ScheduledExecutorService clock = Executors.newScheduledThreadPool(2);
    private final SyntheticSource low = source(256, 144);
    private final SyntheticSource high = source(640, 360);
    private final long startedAtMs = System.currentTimeMillis();
    private volatile boolean silent;
    private volatile long segments;

    Deployment(KafkaAddress address) {
        this.address = address;
        producer =
                new KafkaProducer<>(
                        address.producerProperties(),
                        new ByteArraySerializer(),
                        new ByteArraySerializer());
    }

    private static SyntheticSource source(int width, int height) {
        return new SyntheticSource(
                SyntheticOptions.of(width, height, 15).withSegmentMs(SEGMENT_MS));
    }

    /** Some seconds of media at once, then a segment each second; a sign of life each second. */
    void start() {
        for (int i = 0; i < AHEAD; i++) {
            segment();
        }
        clock.scheduleAtFixedRate(this::segment, SEGMENT_MS, SEGMENT_MS, TimeUnit.MILLISECONDS);
        clock.scheduleAtFixedRate(this::alive, 0, 1_000, TimeUnit.MILLISECONDS);
    }

    /** The job says nothing any more. */
    void fallSilent() {
        silent = true;
    }

    long segments() {
        return segments;
    }

    private void segment() {
        MediaSegment small = low.next();
        MediaSegment large = high.next();
        rendition("P144p", small, 256, 144);
        rendition("P360p", large, 640, 360);
        segments = small.seq() + 1;
        session(segments);
    }

    private void rendition(String name, MediaSegment media, int width, int height) {
        ProducerRecord<byte[], byte[]> message =
                new ProducerRecord<>(
                        address.topic(Topics.RENDITIONS), "cam".getBytes(UTF_8), media.bytes());
        Map.of(
                        "livepeer-seq", Long.toString(media.seq()),
                        "livepeer-status", "ok",
                        "livepeer-rendition", name,
                        "livepeer-renditions", "2",
                        "livepeer-duration-ms", Long.toString(media.durationMs()),
                        "livepeer-width", Integer.toString(width),
                        "livepeer-height", Integer.toString(height))
                .forEach((key, value) -> message.headers().add(key, value.getBytes(UTF_8)));
        producer.send(message);
    }

    private void alive() {
        if (silent) {
            return;
        }
        long now = System.currentTimeMillis();
        send(Topics.LIVENESS, "main", new Liveness("main", startedAtMs, now, 1, 1, 1, 0));
        send(
                Topics.WORKERS,
                WORKER,
                WorkerHeartbeat.newBuilder()
                        .setWorkerId(WORKER)
                        .setIncarnation(startedAtMs)
                        .setBeat(now)
                        .setAddress("127.0.0.1:1")
                        .setHost("studio-2")
                        .setVersion("0.1.0")
                        .setCapabilities(List.of("decode:h264", "encode:h264"))
                        .setDevices(List.of("cpu:2"))
                        .setCapacityPixelsPerSecond(120_000_000)
                        .setMaxSessions(10)
                        .setSlots(2)
                        .setRunning(1)
                        .setSentAtMs(now)
                        .build());
    }

    private void session(long done) {
        send(
                Topics.SESSIONS,
                "manifest:cam|cam",
                SessionEntry.newBuilder()
                        .setLease(
                                Lease.newBuilder()
                                        .setSessionId("manifest:cam|cam")
                                        .setAccount("manifest:cam")
                                        .setManifestId("cam")
                                        .setWorkerId(WORKER)
                                        .setLoadPixelsPerSecond(30_000_000)
                                        .setStartedAtMs(startedAtMs)
                                        .setLastActivityMs(System.currentTimeMillis())
                                        .setSegments(done)
                                        .setWorkMs(250 * done)
                                        .setPlayedMs(1_000 * done)
                                        .setRecentLatencyMs(List.of(310, 295, 301, 1_204))
                                        .build())
                        .setInFlight(1)
                        .setUpdatedAtMs(System.currentTimeMillis())
                        .build());
    }

    /** The account's row, with a balance that no floating point number can hold. */
    void account() {
        AccountState account =
                AccountState.newBuilder()
                        .setAccount("manifest:cam")
                        .setGranted(wei("123456789012345678901234567903", "1"))
                        .setTicketCredit(wei("0", "1"))
                        .setBalance(wei(BALANCE, "1"))
                        .setReserved(wei("12", "1"))
                        .setFees(wei("1", "1"))
                        .setExpired(wei("0", "1"))
                        .setCreditLimit(wei("160000049", "40"))
                        .setSessionPrice(wei("3", "1"))
                        .setChargedSegments(1)
                        .setChargedPixels(11_059_200)
                        .setEventSequence(5)
                        .setUpdatedAtMs(startedAtMs)
                        .build();
        send(Topics.LEDGER, "manifest:cam", new LedgerEntry(account, 1L));
    }

    /** The head of a chain, and three tickets that pay: redeemed, on the way, given up. */
    void chain(String reason) {
        ByteBuffer word = ByteBuffer.wrap(new byte[32]);
        send(
                Topics.ROUNDS,
                "head",
                ChainHead.newBuilder()
                        .setBlock(4_321)
                        .setBlockHash(word)
                        .setL1Block(4_321)
                        .setRound(71)
                        .setRoundBlockHash(word)
                        .setPreviousRoundBlockHash(word)
                        .setPoolSize(1)
                        .setGasPrice(bytes("1500000007"))
                        .setBlockAtMs(startedAtMs)
                        .setSeenAtMs(startedAtMs)
                        .setChainId(31_337)
                        .build());
        ticket(1, "9007199254740993", ChainWorkState.CONFIRMED, "");
        ticket(2, "400000000000", ChainWorkState.SENT, "");
        ticket(3, "77", ChainWorkState.DEAD, reason);
    }

    private void ticket(int number, String faceValue, ChainWorkState state, String reason) {
        byte[] hash = new byte[32];
        hash[0] = (byte) number;
        ByteBuffer word = ByteBuffer.wrap(new byte[32]);
        boolean paid = state == ChainWorkState.CONFIRMED;
        send(
                Topics.REDEMPTIONS,
                "0x" + HexFormat.of().formatHex(hash),
                Redemption.newBuilder()
                        .setTicket(
                                WinningTicket.newBuilder()
                                        .setTicketHash(ByteBuffer.wrap(hash))
                                        .setSender(ByteBuffer.wrap(new byte[20]))
                                        .setRecipient(ByteBuffer.wrap(new byte[20]))
                                        .setFaceValue(bytes(faceValue))
                                        .setWinProb(word)
                                        .setSenderNonce(number)
                                        .setRecipientRandHash(word)
                                        .setCreationRound(70)
                                        .setCreationRoundBlockHash(word)
                                        .setSignature(word)
                                        .setSessionId("s1")
                                        .setSeed(word)
                                        .setExpirationBlock(word)
                                        .setPrice(wei("1", "1"))
                                        .setArrivedAtMs(startedAtMs + number)
                                        .build())
                        .setState(state)
                        .setReason(reason)
                        .setTransaction(paid ? word : ByteBuffer.allocate(0))
                        .setBlock(paid ? 4_300 : -1)
                        .setPayout(paid ? bytes(faceValue) : ByteBuffer.allocate(0))
                        .setQueuedAtMs(startedAtMs + number)
                        .setUpdatedAtMs(startedAtMs + number)
                        .build());
    }

    private static ByteBuffer bytes(String wei) {
        return Bytes.of(new BigInteger(wei));
    }

    private static Rational wei(String numerator, String denominator) {
        return new Rational(
                ByteBuffer.wrap(new BigInteger(numerator).toByteArray()),
                ByteBuffer.wrap(new BigInteger(denominator).toByteArray()));
    }

    /** An event that the job wrote. */
    void event(
            String history,
            long number,
            long attempt,
            String type,
            String reason,
            long seq,
            Map<String, String> numbers) {
        send(
                Topics.EVENTS,
                history,
                Event.newBuilder()
                        .setStream(history)
                        .setSequence(number)
                        .setAttempt(attempt)
                        .setAtMs(startedAtMs + number)
                        .setType(type)
                        .setReason(reason)
                        .setManifestId(seq < 0 ? "" : "cam")
                        .setSeq(seq)
                        .setWorkerId(type.equals("Assigned") ? WORKER : "")
                        .setNumbers(numbers)
                        .build());
    }

    @SuppressWarnings("unchecked")
    private <T extends SpecificRecordBase> void send(Topics topic, String key, T record) {
        byte[] value = RecordCodec.of((Class<T>) record.getClass()).encode(record);
        producer.send(new ProducerRecord<>(address.topic(topic), key.getBytes(UTF_8), value));
    }

    void flush() {
        producer.flush();
    }

    @Override
    public void close() {
        clock.shutdownNow();
        try {
            clock.awaitTermination(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        producer.close();
        low.close();
        high.close();
    }
}

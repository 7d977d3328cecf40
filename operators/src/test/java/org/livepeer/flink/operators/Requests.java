package org.livepeer.flink.operators;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.livepeer.flink.operators.auth.ClusterSecret;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.operators.segment.Ladder;
import org.livepeer.flink.operators.segment.Presets;
import org.livepeer.flink.schemas.AnswerKind;
import org.livepeer.flink.schemas.ControlCommand;
import org.livepeer.flink.schemas.Coordinates;
import org.livepeer.flink.schemas.FundedRequest;
import org.livepeer.flink.schemas.Funding;
import org.livepeer.flink.schemas.GrantCredit;
import org.livepeer.flink.schemas.Profile;
import org.livepeer.flink.schemas.Receipt;
import org.livepeer.flink.schemas.Request;
import org.livepeer.flink.schemas.TopicRecord;
import org.livepeer.flink.schemas.WorkerHeartbeat;

/** Records that tests begin with. */
public final class Requests {
    public static final String ACCOUNT = "manifest:cam";

    /** A cluster's secret that nobody else has. */
    public static final ClusterSecret SECRET = new ClusterSecret(new byte[32]);

    private Requests() {}

    public static Profile profile() {
        return Presets.byName("P240p30fps16x9");
    }

    /** A request for 2 s of 240p: 426*240*30*2 = 6 134 400 pixels, 6 257 088 with 2 % more. */
    public static Request request(String id, long acceptedAtMs) {
        List<Profile> profiles = List.of(profile());
        return Request.newBuilder()
                .setRequestId(id)
                .setAccount(ACCOUNT)
                .setCell("main")
                .setManifestId("cam")
                .setSeq(7)
                .setDurationMs(2_000)
                .setProfiles(profiles)
                .setContentHash(ByteBuffer.allocate(32))
                .setAcceptedAtMs(acceptedAtMs)
                .setDeadlineAtMs(acceptedAtMs + 30_000)
                .setEstimatedPixels(Ladder.estimatedPixels(profiles, 2_000))
                .setLoadPixelsPerSecond(Ladder.loadPixelsPerSecond(profiles))
                .setAnswer(AnswerKind.RAW)
                .setOrigin(new Coordinates("segments", 0, 1L, acceptedAtMs))
                .setMediaBytes(4)
                .build();
    }

    public static FundedRequest funded(Request request, boolean settled) {
        return new FundedRequest(
                request,
                Funding.newBuilder()
                        .setPurchasedAtMs(request.getAcceptedAtMs())
                        .setPrice(Fraction.of(1).toRational())
                        .setReserved(Fraction.of(1).toRational())
                        .setSettled(settled)
                        .setDoneBy(settled ? "w1" : null)
                        .build());
    }

    public static Receipt receipt(String id, long purchasedAtMs, boolean success, long pixels) {
        return Receipt.newBuilder()
                .setRequestId(id)
                .setPurchasedAtMs(purchasedAtMs)
                .setAccount(ACCOUNT)
                .setCell("main")
                .setManifestId("cam")
                .setSeq(7)
                .setSessionId(ACCOUNT + "|cam")
                .setWorkerId(success ? "w1" : "")
                .setSuccess(success)
                .setReason(success ? "ok" : Reason.WorkerCrashed.name())
                .setPixels(pixels)
                .setPrice(Fraction.of(1, 3).toRational())
                .setAcceptedAtMs(purchasedAtMs)
                .setAnsweredAtMs(purchasedAtMs + 500)
                .setDurationMs(2_000)
                .build();
    }

    public static ControlCommand grant(String id, long wei) {
        return command(id, new GrantCredit(Fraction.of(wei).toRational()));
    }

    public static ControlCommand command(String id, Object what) {
        return ControlCommand.newBuilder()
                .setId(id)
                .setTarget(ACCOUNT)
                .setIssuedAtMs(0)
                .setCommand(what)
                .build();
    }

    public static WorkerHeartbeat beat(String worker, long incarnation, long number) {
        return WorkerHeartbeat.newBuilder()
                .setWorkerId(worker)
                .setIncarnation(incarnation)
                .setBeat(number)
                .setAddress("127.0.0.1:1")
                .setHost("localhost")
                .setVersion("test")
                .setCapabilities(List.of("encode:h264", "format:mp4"))
                .setCapacityPixelsPerSecond(10_000_000)
                .setMaxSessions(4)
                .setSlots(2)
                .setSentAtMs(0)
                .build();
    }

    /** A raw push of a few bytes. */
    public static TopicRecord raw(String manifest, Map<String, String> headers, byte[] media) {
        Map<String, ByteBuffer> all = new HashMap<>();
        headers.forEach((k, v) -> all.put(k, ByteBuffer.wrap(v.getBytes(StandardCharsets.UTF_8))));
        return new TopicRecord(
                new Coordinates("segments", 3, 41L, 1_000_000L),
                ByteBuffer.wrap(manifest.getBytes(StandardCharsets.UTF_8)),
                all,
                ByteBuffer.wrap(media));
    }
}

package org.livepeer.flink.jobs.benchmark;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
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
import org.livepeer.flink.schemas.WorkerHeartbeat;

/** What a request's life is made of, with 512 bytes of media: costs of state, not of copying. */
final class Records {
    private static final List<Profile> PROFILES = List.of(Presets.byName("P240p30fps16x9"));
    private static final byte[] MEDIA = new byte[512];

    private Records() {}

    static String account(int number) {
        return "manifest:stream-" + number;
    }

    /** As a real request id: 64 hex digits that nothing orders. */
    static String requestId(Random random) {
        StringBuilder id = new StringBuilder(64);
        for (int i = 0; i < 4; i++) {
            id.append(String.format("%016x", random.nextLong()));
        }
        return id.toString();
    }

    static Request request(int account, String id, long at) {
        return Request.newBuilder()
                .setRequestId(id)
                .setAccount(account(account))
                .setCell("main")
                .setManifestId("stream-" + account)
                .setSeq(7)
                .setDurationMs(2_000)
                .setProfiles(PROFILES)
                .setContentHash(ByteBuffer.allocate(32))
                .setAcceptedAtMs(at)
                .setDeadlineAtMs(at + 30_000)
                .setEstimatedPixels(Ladder.estimatedPixels(PROFILES, 2_000))
                .setLoadPixelsPerSecond(Ladder.loadPixelsPerSecond(PROFILES))
                .setAnswer(AnswerKind.RAW)
                .setOrigin(new Coordinates("segments", 0, 1L, at))
                .setMediaBytes(MEDIA.length)
                .setPayload(ByteBuffer.wrap(MEDIA))
                .build();
    }

    static FundedRequest funded(Request request) {
        return new FundedRequest(
                request,
                Funding.newBuilder()
                        .setPurchasedAtMs(request.getAcceptedAtMs())
                        .setPrice(Fraction.of(3).toRational())
                        .setReserved(Fraction.of(1).toRational())
                        .setSettled(false)
                        .setDoneBy(null)
                        .build());
    }

    static Receipt receipt(Request request, String worker) {
        return Receipt.newBuilder()
                .setRequestId(request.getRequestId())
                .setPurchasedAtMs(request.getAcceptedAtMs())
                .setAccount(request.getAccount())
                .setCell(request.getCell())
                .setManifestId(request.getManifestId())
                .setSeq(request.getSeq())
                .setSessionId(request.getAccount() + "|" + request.getManifestId())
                .setWorkerId(worker)
                .setSuccess(true)
                .setReason("ok")
                .setPixels(request.getEstimatedPixels())
                .setPrice(Fraction.of(3).toRational())
                .setAcceptedAtMs(request.getAcceptedAtMs())
                .setAnsweredAtMs(request.getAcceptedAtMs() + 500)
                .setDurationMs(request.getDurationMs())
                .build();
    }

    static ControlCommand grant(int account, long wei) {
        return ControlCommand.newBuilder()
                .setId("grant-" + account)
                .setTarget(account(account))
                .setIssuedAtMs(0)
                .setCommand(new GrantCredit(Fraction.of(wei).toRational()))
                .build();
    }

    static WorkerHeartbeat beat(int worker, long number) {
        return WorkerHeartbeat.newBuilder()
                .setWorkerId("worker-" + worker)
                .setIncarnation(1)
                .setBeat(number)
                .setAddress("127.0.0.1:1")
                .setHost("localhost")
                .setVersion("benchmark")
                .setCapabilities(List.of("encode:h264"))
                .setCapacityPixelsPerSecond(1L << 50)
                .setMaxSessions(1 << 30)
                .setSlots(1 << 20)
                .setSentAtMs(0)
                .build();
    }
}

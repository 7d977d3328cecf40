package org.livepeer.flink.connectors.transcoder.worker;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.livepeer.flink.operators.transcode.WorkerClient.Order;
import org.livepeer.flink.schemas.AnswerKind;
import org.livepeer.flink.schemas.Coordinates;
import org.livepeer.flink.schemas.Funding;
import org.livepeer.flink.schemas.PlacedRequest;
import org.livepeer.flink.schemas.Placement;
import org.livepeer.flink.schemas.Profile;
import org.livepeer.flink.schemas.Rational;
import org.livepeer.flink.schemas.Request;
import org.livepeer.flink.schemas.StoreReference;
import org.livepeer.flink.schemas.WorkerAddress;

/** Orders as the job makes them. */
public final class Orders {
    private static final long TIMEOUT_MS = 20_000;

    private Orders() {}

    public static byte[] media(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    public static List<Profile> profiles(int count) {
        return java.util.stream.IntStream.range(0, count)
                .mapToObj(
                        i ->
                                Profile.newBuilder()
                                        .setName("P" + i)
                                        .setWidth(320 + 2 * i)
                                        .setHeight(240)
                                        .setBitrate(500_000)
                                        .setFps(30)
                                        .build())
                .toList();
    }

    /** A new request with its media inline. */
    public static Request.Builder request(byte[] media, int renditions) {
        Coordinates origin =
                Coordinates.newBuilder()
                        .setTopic("segments")
                        .setPartition(0)
                        .setOffset(7)
                        .setTimestampMs(1)
                        .build();
        return Request.newBuilder()
                .setRequestId(UUID.randomUUID().toString())
                .setAccount("manifest:m")
                .setCell("cell")
                .setManifestId("m")
                .setSeq(0)
                .setDurationMs(2000)
                .setProfiles(profiles(renditions))
                .setContentHash(ByteBuffer.wrap(Sha256.of(media)))
                .setAcceptedAtMs(1)
                .setDeadlineAtMs(2)
                .setEstimatedPixels(1)
                .setLoadPixelsPerSecond(1)
                .setAnswer(AnswerKind.RESULT)
                .setOrigin(origin)
                .setMediaBytes(media.length)
                .setPayload(ByteBuffer.wrap(media));
    }

    /** The same with its media in the store. */
    public static Request.Builder request(StoreReference reference, int renditions) {
        return request(new byte[0], renditions)
                .setContentHash(reference.getHash().duplicate())
                .setMediaBytes(reference.getLength())
                .setReference(reference);
    }

    public static Order order(Request request) {
        return order(request, false, TIMEOUT_MS);
    }

    public static Order order(Request request, boolean keptOnly, long timeoutMs) {
        ByteBuffer one = ByteBuffer.wrap(new byte[] {1});
        Funding funding =
                Funding.newBuilder()
                        .setPurchasedAtMs(1)
                        .setPrice(new Rational(one, one))
                        .setReserved(new Rational(one, one))
                        .build();
        Placement placement =
                Placement.newBuilder()
                        .setSessionId("session")
                        .setOrdinal(0)
                        .setWorker(address("w", 1))
                        .setAlternates(List.of())
                        .build();
        return new Order(new PlacedRequest(request, funding, placement), keptOnly, 0, timeoutMs);
    }

    public static WorkerAddress address(String workerId, int port) {
        return WorkerAddress.newBuilder()
                .setWorkerId(workerId)
                .setAddress("127.0.0.1:" + port)
                .setHost("127.0.0.1")
                .build();
    }
}

package org.livepeer.flink.connectors.transcoder.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.livepeer.flink.connectors.transcoder.client.AnswerAssembly.NonsenseException;
import org.livepeer.flink.connectors.transcoder.worker.Orders;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.operators.transcode.WorkerClient.Done;
import org.livepeer.flink.operators.transcode.WorkerClient.Failed;
import org.livepeer.flink.schemas.worker.ExecuteResponse;
import org.livepeer.flink.schemas.worker.Failure;
import org.livepeer.flink.schemas.worker.RenditionHeader;
import org.livepeer.flink.schemas.worker.StoredMedia;

/** Two profiles, P0 320x240 and P1 322x240, and at most 100 bytes inline. */
class AnswerAssemblyTest {
    private static final ExecuteResponse DONE =
            ExecuteResponse.newBuilder()
                    .setDone(org.livepeer.flink.schemas.worker.Done.newBuilder().setWorkMs(5))
                    .build();

    @Test
    void chunksOfAnySizeAreJoined() throws NonsenseException {
        Done done =
                (Done)
                        assembled(
                                List.of(
                                        rendition(0, 10),
                                        chunk(4),
                                        chunk(0),
                                        chunk(6),
                                        rendition(1, 1),
                                        chunk(1),
                                        DONE));

        assertThat(done.workMs()).isEqualTo(5);
        assertThat(done.renditions())
                .extracting(r -> r.getPayload().remaining())
                .containsExactly(10, 1);
    }

    @Test
    void failureKeepsReasonAndRetryable() throws NonsenseException {
        assertThat(assembled(List.of(failure("NoKeyFrame", false))))
                .isEqualTo(new Failed(Reason.NoKeyFrame, "detail", false));
        assertThat(assembled(List.of(rendition(0, 1), failure("FromTheFuture", true))))
                .isEqualTo(new Failed(Reason.InternalError, "FromTheFuture: detail", true));
    }

    static Stream<Arguments> nonsense() {
        return Stream.of(
                Arguments.of("nothing", List.of()),
                Arguments.of("no end", List.of(rendition(0, 1), chunk(1))),
                Arguments.of("rendition missing", List.of(rendition(0, 1), chunk(1), DONE)),
                Arguments.of("none at all", List.of(DONE)),
                Arguments.of(
                        "another order",
                        List.of(rendition(1, 1), chunk(1), rendition(0, 1), chunk(1), DONE)),
                Arguments.of(
                        "one too many",
                        List.of(
                                rendition(0, 1),
                                chunk(1),
                                rendition(1, 1),
                                chunk(1),
                                rendition(1, 1))),
                Arguments.of("too few bytes", List.of(rendition(0, 5), chunk(4), rendition(1, 1))),
                Arguments.of("too few at the end", List.of(rendition(0, 5), chunk(4), DONE)),
                Arguments.of("too many bytes", List.of(rendition(0, 5), chunk(6))),
                Arguments.of("chunk first", List.of(chunk(1))),
                Arguments.of("empty rendition", List.of(rendition(0, 0))),
                Arguments.of("negative size", List.of(rendition(0, -1))),
                Arguments.of("above the inline limit", List.of(rendition(0, 101))),
                Arguments.of("huge", List.of(rendition(0, Long.MAX_VALUE))),
                Arguments.of("after the end", List.of(failure("NoKeyFrame", false), DONE)),
                Arguments.of("empty message", List.of(ExecuteResponse.getDefaultInstance())),
                Arguments.of("pixels do not add up", List.of(header(good(0, 1).setPixels(1)))),
                Arguments.of(
                        "pixel overflow", List.of(header(good(0, 1).setFrames(Long.MAX_VALUE)))),
                Arguments.of("no size", List.of(header(good(0, 1).setWidth(0).setPixels(0)))),
                Arguments.of(
                        "bad reference", List.of(header(good(0, 1).setStored(stored("../x", 1))))),
                Arguments.of(
                        "reference of another length",
                        List.of(header(good(0, 1).setStored(stored("A".repeat(43), 2))))),
                Arguments.of(
                        "chunk of a stored rendition",
                        List.of(
                                header(good(0, 1).setStored(stored("A".repeat(43), 1))),
                                chunk(1))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void nonsense(String name, List<ExecuteResponse> parts) {
        assertThatThrownBy(() -> assembled(parts))
                .isInstanceOf(NonsenseException.class)
                .hasMessageStartingWith("the worker's answer makes no sense: ");
    }

    private static Object assembled(List<ExecuteResponse> parts) throws NonsenseException {
        AnswerAssembly assembly = new AnswerAssembly(Orders.profiles(2), 100);
        for (ExecuteResponse part : parts) {
            assembly.add(part);
        }
        return assembly.complete();
    }

    private static RenditionHeader.Builder good(int index, long bytes) {
        return RenditionHeader.newBuilder()
                .setName("P" + index)
                .setWidth(320 + 2 * index)
                .setHeight(240)
                .setFrames(3)
                .setPixels((320 + 2 * index) * 240 * 3)
                .setMediaBytes(bytes);
    }

    private static ExecuteResponse rendition(int index, long bytes) {
        return header(good(index, bytes));
    }

    private static ExecuteResponse header(RenditionHeader.Builder header) {
        return ExecuteResponse.newBuilder().setRendition(header).build();
    }

    private static ExecuteResponse chunk(int bytes) {
        return ExecuteResponse.newBuilder().setChunk(ByteString.copyFrom(new byte[bytes])).build();
    }

    private static StoredMedia.Builder stored(String name, long length) {
        return StoredMedia.newBuilder()
                .setName(name)
                .setLength(length)
                .setHash(ByteString.copyFrom(new byte[32]));
    }

    private static ExecuteResponse failure(String reason, boolean retryable) {
        return ExecuteResponse.newBuilder()
                .setFailure(
                        Failure.newBuilder()
                                .setReason(reason)
                                .setDetail("detail")
                                .setRetryable(retryable))
                .build();
    }
}

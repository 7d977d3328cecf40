package org.livepeer.flink.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.livepeer.flink.schemas.net.AuthToken;
import org.livepeer.flink.schemas.net.Capabilities;
import org.livepeer.flink.schemas.net.NetProto;
import org.livepeer.flink.schemas.net.NotifySegment;
import org.livepeer.flink.schemas.net.OrchestratorGrpc;
import org.livepeer.flink.schemas.net.OrchestratorInfo;
import org.livepeer.flink.schemas.net.OrchestratorRequest;
import org.livepeer.flink.schemas.net.Payment;
import org.livepeer.flink.schemas.net.RegisterRequest;
import org.livepeer.flink.schemas.net.SegData;
import org.livepeer.flink.schemas.net.TicketParams;
import org.livepeer.flink.schemas.net.TicketRedeemerGrpc;
import org.livepeer.flink.schemas.net.TranscodeResult;
import org.livepeer.flink.schemas.net.TranscoderGrpc;

/** Golden serialized messages of the network are read and written to the byte. */
class NetParityTest {
    private static final Map<String, Message> TYPES =
            Stream.of(
                            OrchestratorRequest.getDefaultInstance(),
                            AuthToken.getDefaultInstance(),
                            SegData.getDefaultInstance(),
                            TicketParams.getDefaultInstance(),
                            Payment.getDefaultInstance(),
                            OrchestratorInfo.getDefaultInstance(),
                            TranscodeResult.getDefaultInstance(),
                            RegisterRequest.getDefaultInstance(),
                            NotifySegment.getDefaultInstance())
                    .collect(
                            Collectors.toMap(
                                    m -> m.getDescriptorForType().getName(), Function.identity()));

    record Vector(String name, String message, byte[] bytes) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Vector> vectors() throws IOException {
        try (InputStream in = NetParityTest.class.getResourceAsStream("/wire/video-messages.tsv");
                BufferedReader reader =
                        new BufferedReader(
                                new InputStreamReader(
                                        Objects.requireNonNull(in), StandardCharsets.UTF_8))) {
            return reader.lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split("\t"))
                    .map(f -> new Vector(f[0], f[1], HexFormat.of().parseHex(f[2])))
                    .toList();
        }
    }

    private static Message parse(Vector vector) throws IOException {
        Message type = Objects.requireNonNull(TYPES.get(vector.message()));
        return type.getParserForType().parseFrom(vector.bytes());
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void everyFieldIsKnownAndWrittenAsItWasRead(Vector vector) throws Exception {
        // When
        Message message = parse(vector);

        // Then
        assertThat(unknown(message)).isEmpty();
        assertThat(HexFormat.of().formatHex(message.toByteArray()))
                .isEqualTo(HexFormat.of().formatHex(vector.bytes()));
    }

    private static List<UnknownFieldSet> unknown(Message message) {
        Stream<UnknownFieldSet> own =
                message.getUnknownFields().asMap().isEmpty()
                        ? Stream.empty()
                        : Stream.of(message.getUnknownFields());
        Stream<UnknownFieldSet> inner =
                message.getAllFields().values().stream()
                        .flatMap(v -> v instanceof List<?> list ? list.stream() : Stream.of(v))
                        .filter(Message.class::isInstance)
                        .flatMap(v -> unknown((Message) v).stream());
        return Stream.concat(own, inner).toList();
    }

    @Test
    void fieldsMeanWhatTheVectorsSay() throws Exception {
        // Given
        Map<String, Message> messages = new TreeMap<>();
        for (Vector vector : vectors()) {
            messages.put(vector.name(), parse(vector));
        }

        // Then
        SegData segment = (SegData) Objects.requireNonNull(messages.get("seg_data"));
        assertThat(segment.getManifestId().toStringUtf8()).isEqualTo("f1405ced");
        assertThat(segment.getSeq()).isEqualTo(7);
        assertThat(segment.getDuration()).isEqualTo(2000);
        assertThat(segment.getProfiles()).isEqualTo(ByteString.copyFromUtf8("invalid"));
        assertThat(segment.getFullProfilesList())
                .extracting("name")
                .containsExactly("P240p30fps16x9", "P360p30fps16x9");
        assertThat(segment.getFullProfiles(1).getWidth()).isEqualTo(640);
        assertThat(segment.getFullProfiles(1).getBitrate()).isEqualTo(1_200_000);

        Payment payment = (Payment) Objects.requireNonNull(messages.get("payment"));
        assertThat(payment.getTicketSenderParamsList())
                .extracting("senderNonce")
                .containsExactly(1, 2, 3);
        assertThat(payment.getTicketParams().hasExpirationParams()).isFalse();
        assertThat(payment.getExpirationParams().getCreationRound()).isEqualTo(3500);
        assertThat(payment.getExpectedPrice().getPricePerUnit()).isEqualTo(1212);

        OrchestratorInfo info =
                (OrchestratorInfo) Objects.requireNonNull(messages.get("orchestrator_info"));
        assertThat(info.getTranscoder()).isEqualTo("https://127.0.0.1:8935");
        assertThat(info.getCapabilities().getBitstringList()).containsExactly(67133439L);
        assertThat(info.getCapabilities().getVersion()).isEqualTo("0.9.1");
        assertThat(info.getAuthToken().getSessionId()).isEqualTo("deadbeef");

        NotifySegment teardown =
                (NotifySegment) Objects.requireNonNull(messages.get("notify_teardown"));
        assertThat(teardown.getUrl()).isEmpty();
        assertThat(teardown.getSegData().getAuthToken().getSessionId()).isEqualTo("deadbeef");
    }

    @Test
    void methodsHaveTheNamesOfTheNetwork() {
        assertThat(
                        List.of(
                                OrchestratorGrpc.getGetOrchestratorMethod().getFullMethodName(),
                                OrchestratorGrpc.getEndTranscodingSessionMethod()
                                        .getFullMethodName(),
                                OrchestratorGrpc.getPingMethod().getFullMethodName(),
                                TranscoderGrpc.getRegisterTranscoderMethod().getFullMethodName(),
                                TicketRedeemerGrpc.getQueueTicketMethod().getFullMethodName()))
                .containsExactly(
                        "net.Orchestrator/GetOrchestrator",
                        "net.Orchestrator/EndTranscodingSession",
                        "net.Orchestrator/Ping",
                        "net.Transcoder/RegisterTranscoder",
                        "net.TicketRedeemer/QueueTicket");
    }

    @Test
    void aNumberOutsideAnEnumIsKept() throws Exception {
        // Given: field 21, varint 9, inside field 33
        byte[] bytes = HexFormat.of().parseHex("8a0203a80109");

        // When
        SegData segment = SegData.parseFrom(bytes);

        // Then
        assertThat(segment.getFullProfiles(0).getFormatValue()).isEqualTo(9);
        assertThat(segment.toByteArray()).isEqualTo(bytes);
    }

    @Test
    void numbersThatWereGivenUpStayUnused() {
        assertThat(NetProto.getDescriptor().getPackage()).isEqualTo("net");
        assertThat(SegData.getDescriptor().findFieldByNumber(36)).isNull();
        assertThat(NotifySegment.getDescriptor().findFieldByNumber(2)).isNull();
        assertThat(Capabilities.getDescriptor().findFieldByNumber(5).getName())
                .isEqualTo("constraints");
    }
}

package org.livepeer.flink.connectors.edge.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.Server;
import java.net.URI;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.livepeer.flink.operators.money.Fraction;

class SenderWebhookIT {
    private static final List<String> asked = new CopyOnWriteArrayList<>();
    private static volatile HttpStatus status = HttpStatus.OK;
    private static volatile String answer = "{}";

    /** One for all tests: stopping a server takes two seconds. */
    private static final Server server = server();

    private static Server server() {
        return Server.builder()
                .service(
                        "/auth",
                        (ctx, req) ->
                                HttpResponse.of(
                                        req.aggregate()
                                                .thenApply(
                                                        body -> {
                                                            asked.add(body.contentUtf8());
                                                            return HttpResponse.of(
                                                                    status, MediaType.JSON, answer);
                                                        })))
                .build();
    }

    private static SenderWebhook webhook(Server at) {
        return new SenderWebhook(URI.create("http://127.0.0.1:" + at.activeLocalPort() + "/auth"));
    }

    private static SenderWebhook webhook() {
        return webhook(server);
    }

    @BeforeAll
    static void start() {
        server.start().join();
    }

    @AfterAll
    static void stop() {
        server.stop().join();
    }

    @BeforeEach
    void asBefore() {
        asked.clear();
        status = HttpStatus.OK;
        answer = "{}";
    }

    /** The address of EIP-55's own examples. */
    @Test
    void asksWithTheAddressAsGoWritesIt() {
        byte[] sender = HexFormat.of().parseHex("5aaeb6053f3e94c9b9a09f33669435e7ef1beaed");

        assertThat(webhook().ask(ByteString.copyFrom(sender)).join()).isEmpty();

        assertThat(asked)
                .containsExactly("{\"id\":\"0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed\"}");
    }

    @Test
    void offChainItIsTheZeroAddress() {
        webhook().ask(ByteString.EMPTY).join();

        assertThat(asked).containsExactly("{\"id\":\"0x" + "0".repeat(40) + "\"}");
    }

    @Test
    void aSenderMayHaveAPriceOfItsOwn() {
        answer = "{\"priceInfo\":{\"pricePerUnit\":3,\"pixelsPerUnit\":2}}";

        assertThat(webhook().ask(ByteString.EMPTY).join()).contains(Fraction.of(3, 2));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "403|go away|go away",
                "500||''",
                "200|no json|the webhook's answer is no JSON object",
                "200|[]|the webhook's answer is no JSON object",
                "200|''|the webhook's answer is no JSON object",
                "200|{\"priceInfo\":{\"pricePerUnit\":3}}|the webhook's priceInfo is no price",
                "200|{\"priceInfo\":{\"pricePerUnit\":-3,\"pixelsPerUnit\":1}}|the webhook's priceInfo is no price"
            })
    void anythingElseIsARefusalWithItsReason(int code, String body, String reason) {
        status = HttpStatus.valueOf(code);
        answer = body == null ? "" : body;

        assertThatThrownBy(() -> webhook().ask(ByteString.EMPTY).join())
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOf(SenderWebhook.Refused.class)
                .hasMessage(reason);
    }

    @Test
    void aWebhookThatIsNotThereRefuses() {
        Server gone = server();
        gone.start().join();
        SenderWebhook webhook = webhook(gone);
        gone.stop().join();

        assertThatThrownBy(() -> webhook.ask(ByteString.EMPTY).join())
                .hasRootCauseMessage("the webhook does not answer");
    }
}

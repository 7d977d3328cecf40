package org.livepeer.flink.connectors.edge.orchestrator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestHeaders;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.operators.ticket.EthAddress;

/**
 * Asks the operator's own service whether a sender is served, {@code -authWebhookUrl} (go-livepeer
 * {@code server/rpc.go}, authenticateBroadcaster): POST {@code {"id":"0x…"}}; 200 with a JSON
 * object is yes, and its {@code priceInfo} the sender's price; anything else is no, with its body
 * as the reason.
 */
final class SenderWebhook {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** go-livepeer waits for ever; a gateway is gone after two seconds. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private static final int LONGEST_ANSWER = 1 << 16;
    private static final int LONGEST_REASON = 500;

    private final URI url;
    private final WebClient client =
            WebClient.builder()
                    .responseTimeout(PATIENCE)
                    .writeTimeout(PATIENCE)
                    .maxResponseLength(LONGEST_ANSWER)
                    .build();

    SenderWebhook(URI url) {
        this.url = url;
    }

    /** The sender is not served, or nobody could say; the message is for the gateway. */
    static final class Refused extends Exception {
        Refused(String why) {
            super(why);
        }
    }

    /**
     * Asks about a sender.
     *
     * @return its own price in wei per pixel when it has one; fails with {@link Refused}
     */
    CompletableFuture<Optional<Fraction>> ask(ByteString sender) {
        String body =
                JSON.createObjectNode()
                        .put("id", EthAddress.of(sender.toByteArray()).toString())
                        .toString();
        return client.execute(
                        RequestHeaders.builder(HttpMethod.POST, url.toString())
                                .contentType(MediaType.JSON)
                                .build(),
                        HttpData.ofUtf8(body))
                .aggregate()
                .handle(
                        (response, failure) -> {
                            try {
                                if (failure != null) {
                                    throw new Refused("the webhook does not answer");
                                }
                                return read(response);
                            } catch (Refused e) {
                                throw new CompletionException(e);
                            }
                        });
    }

    private static Optional<Fraction> read(AggregatedHttpResponse response) throws Refused {
        String text = response.contentUtf8();
        if (response.status().code() != 200) {
            throw new Refused(text.substring(0, Math.min(LONGEST_REASON, text.length())));
        }
        try {
            JsonNode answer = JSON.readTree(text);
            if (answer == null || !answer.isObject()) {
                throw new Refused("the webhook's answer is no JSON object");
            }
            JsonNode price = answer.path("priceInfo");
            if (!price.isObject()) {
                return Optional.empty();
            }
            long perUnit = price.path("pricePerUnit").asLong(-1);
            long pixels = price.path("pixelsPerUnit").asLong(-1);
            if (perUnit < 0 || pixels <= 0) {
                throw new Refused("the webhook's priceInfo is no price");
            }
            return Optional.of(Fraction.of(perUnit, pixels));
        } catch (JsonProcessingException e) {
            throw new Refused("the webhook's answer is no JSON object");
        }
    }
}

package org.livepeer.flink.connectors.ethereum.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Signatures that go-livepeer makes of the same messages with the same key. */
class MessagesTest {
    private final Messages messages = new Messages(key());

    private static JsonNode golden() {
        try (InputStream in = MessagesTest.class.getResourceAsStream("/messages.json")) {
            return new ObjectMapper().readTree(in);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static AccountKey key() {
        return new AccountKey(HexFormat.of().parseHex(golden().path("key").asText()));
    }

    private static Stream<JsonNode> of(String kind) {
        List<JsonNode> all = new ArrayList<>();
        golden().path(kind).forEach(all::add);
        return all.stream();
    }

    static Stream<JsonNode> texts() {
        return of("text");
    }

    static Stream<JsonNode> typed() {
        return of("typed");
    }

    private static String hex(byte[] signature) {
        return "0x" + HexFormat.of().formatHex(signature);
    }

    @ParameterizedTest
    @MethodSource("texts")
    void aText(JsonNode golden) {
        assertThat(hex(messages.signText(golden.path("message").asText())))
                .isEqualTo(golden.path("signature").asText());
    }

    @ParameterizedTest
    @MethodSource("typed")
    void typedData(JsonNode golden) {
        String message = golden.path("message").asText();
        if (golden.has("signature")) {
            assertThat(hex(messages.signTyped(message)))
                    .isEqualTo(golden.path("signature").asText());
        } else {
            assertThatThrownBy(() -> messages.signTyped(message))
                    .as("go-livepeer signs that as little")
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"This message has 32 characters..", "ünïcode that has 32 bytes: ✓"})
    void whatMayBeATicketIsNotSigned(String message) {
        assertThat(message.getBytes(java.nio.charset.StandardCharsets.UTF_8)).hasSize(32);
        assertThatThrownBy(() -> messages.signText(message))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("ticket");
    }

    @Test
    void whatGivesTokensAwayIsNotSigned() {
        String permit =
                """
                {"types": {
                  "EIP712Domain": [{"name": "name", "type": "string"}],
                  "Permit": [{"name": "owner", "type": "address"}]},
                 "primaryType": "Permit",
                 "domain": {"name": "Livepeer Token"},
                 "message": {"owner": "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"}}
                """;
        assertThatThrownBy(() -> messages.signTyped(permit))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("tokens");
        assertThat(messages.signTyped(permit.replace("Permit", "Permission"))).hasSize(65);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "\"text\"",
                "{\"a\": 1} {\"a\": 2}",
                "{\"primaryType\": \"M\", \"primaryType\": \"N\"}"
            })
    void whatIsNoTypedDataIsNotSigned(String json) {
        assertThatThrownBy(() -> messages.signTyped(json))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static String number(String type, String value) {
        return """
                {"types": {
                  "EIP712Domain": [{"name": "name", "type": "string"}],
                  "M": [{"name": "a", "type": "TYPE"}]},
                 "primaryType": "M", "domain": {"name": "x"}, "message": {"a": VALUE}}
                """
                .replace("TYPE", type)
                .replace("VALUE", value);
    }

    @Test
    void aNumberIsSignedAsItIsWritten() {
        // Go reads it as 9007199254740992.
        assertThat(hex(messages.signTyped(number("uint256", "9007199254740993"))))
                .isEqualTo(hex(messages.signTyped(number("uint256", "\"9007199254740993\""))))
                .isNotEqualTo(hex(messages.signTyped(number("uint256", "9007199254740992"))));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    uint8[][] | [[1]]
                    uint8[1] | [1]
                    uint8[1][] | [[1]]
                    uint8[] | 1
                    uint8[] | [256]
                    int8[] | [128]
                    uint256[] | [-1]
                    uint9 | 1
                    uint264 | 1
                    bytes33 | "0x010203"
                    bytes2[] | ["0x010203"]
                    """)
    void whatDoesNotFitItsTypeIsNotSigned(String type, String value) {
        assertThatThrownBy(() -> messages.signTyped(number(type, value)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}

package org.livepeer.flink.connectors.ethereum.keys;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.web3j.crypto.StructuredDataEncoder;

/**
 * Typed data (EIP-712), as {@code eth_signTypedData} takes it. All that the message holds must be
 * said by its types and the other way round: nothing is signed that its reader was not shown.
 */
final class TypedData {
    private static final ObjectMapper JSON =
            JsonMapper.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    private static final String DOMAIN = "EIP712Domain";
    private static final String PLAIN =
            "string|bool|address|bytes([1-9]|[12]\\d|3[0-2])?|u?int([1-9]\\d{0,2})?";
    private static final String LIST = "[]";
    private static final int DEEPEST = 16;

    private final String text;
    private final JsonNode data;
    private final Map<String, Map<String, String>> types = new LinkedHashMap<>();

    private TypedData(String text, JsonNode data) {
        this.text = text;
        this.data = data;
    }

    /**
     * Reads it.
     *
     * @throws IllegalArgumentException when it is no JSON object
     */
    static TypedData read(String text) {
        JsonNode data;
        try {
            data = JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("it is no JSON: " + e.getOriginalMessage(), e);
        }
        if (!data.isObject()) {
            throw new IllegalArgumentException("it is no JSON object");
        }
        return new TypedData(text, data);
    }

    /** The type of its message; empty when it does not say. */
    String primaryType() {
        return data.path("primaryType").asText();
    }

    /**
     * What is signed of it, 32 bytes.
     *
     * @throws IllegalArgumentException when it is no typed data, saying what is wrong
     */
    byte[] digest() {
        declare();
        check(DOMAIN, data.path("domain"), "domain", 0);
        check(primaryType(), data.path("message"), "message", 0);
        try {
            return new StructuredDataEncoder(text).hashStructuredData();
        } catch (IOException | RuntimeException e) {
            throw new IllegalArgumentException(
                    "a value does not fit its type: " + e.getMessage(), e);
        }
    }

    private void declare() {
        for (Map.Entry<String, JsonNode> type : data.path("types").properties()) {
            Map<String, String> fields = new LinkedHashMap<>();
            for (JsonNode field : type.getValue()) {
                String name = field.path("name").asText();
                if (fields.put(name, field.path("type").asText()) != null) {
                    throw new IllegalArgumentException(type.getKey() + " has two fields " + name);
                }
            }
            types.put(type.getKey(), fields);
        }
    }

    private void check(String type, JsonNode value, String where, int depth) {
        if (depth > DEEPEST) {
            throw new IllegalArgumentException(where + " is too deep");
        }
        if (type.endsWith(LIST)) {
            String each = type.substring(0, type.length() - LIST.length());
            if (!value.isArray() || each.endsWith("]")) {
                throw new IllegalArgumentException(where + " is no list of a type");
            }
            for (JsonNode element : value) {
                check(each, element, where, depth + 1);
            }
        } else if (type.matches(PLAIN)) {
            checkPlain(type, value, where);
        } else {
            checkStruct(type, value, where, depth);
        }
    }

    private void checkStruct(String type, JsonNode value, String where, int depth) {
        Map<String, String> fields = types.get(type);
        if (fields == null || fields.isEmpty()) {
            throw new IllegalArgumentException("the types do not say what '" + type + "' is");
        }
        Set<String> given = new LinkedHashSet<>();
        value.properties().forEach(each -> given.add(each.getKey()));
        if (!given.equals(fields.keySet())) {
            throw new IllegalArgumentException(
                    where + " has " + given + ", its type " + type + " " + fields.keySet());
        }
        fields.forEach(
                (name, each) -> check(each, value.path(name), where + "." + name, depth + 1));
    }

    private static void checkPlain(String type, JsonNode value, String where) {
        boolean fits;
        if (type.equals("string")) {
            fits = value.isTextual();
        } else if (type.equals("bool")) {
            fits = value.isBoolean();
        } else if (type.equals("address")) {
            fits = value.asText().matches("(0x)?[0-9a-fA-F]{40}");
        } else if (type.startsWith("bytes")) {
            String length = type.equals("bytes") ? "*" : "{" + type.substring(5) + "}";
            fits = value.asText().matches("0x([0-9a-fA-F]{2})" + length) && value.isTextual();
        } else {
            fits = isWhole(value) && isInRange(type, number(value.asText()));
        }
        if (!fits) {
            throw new IllegalArgumentException(where + " is no " + type);
        }
    }

    private static boolean isWhole(JsonNode value) {
        return value.isIntegralNumber()
                || value.isTextual() && value.asText().matches("-?\\d{1,78}|0x[0-9a-fA-F]{1,64}");
    }

    private static BigInteger number(String text) {
        return text.startsWith("0x") ? new BigInteger(text.substring(2), 16) : new BigInteger(text);
    }

    /**
     * @param type such as {@code uint8} or {@code int}, which has 256 bits
     */
    private static boolean isInRange(String type, BigInteger number) {
        String digits = type.replaceFirst("u?int", "");
        int bits = digits.isEmpty() ? 256 : Integer.parseInt(digits);
        boolean isUnsigned = type.startsWith("u");
        return bits % 8 == 0
                && bits <= 256
                && number.bitLength() <= (isUnsigned ? bits : bits - 1)
                && (!isUnsigned || number.signum() >= 0);
    }
}

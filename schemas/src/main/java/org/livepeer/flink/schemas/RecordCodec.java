package org.livepeer.flink.schemas;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.message.BadHeaderException;
import org.apache.avro.message.BinaryMessageDecoder;
import org.apache.avro.message.BinaryMessageEncoder;
import org.apache.avro.message.MissingSchemaException;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecordBase;

/**
 * Writes and reads one kind of record as an Avro single object: {@code C3 01}, the fingerprint of
 * the writer's schema, the body (Avro 1.12 specification, "Single-object encoding").
 *
 * <p>Reading knows the current schema and every released one, so that a job of today reads what a
 * job of yesterday wrote. Thread-safe.
 */
public final class RecordCodec<T extends SpecificRecordBase> {
    private static final ConcurrentMap<Class<?>, RecordCodec<?>> CODECS = new ConcurrentHashMap<>();

    private final BinaryMessageEncoder<T> encoder;
    private final BinaryMessageDecoder<T> decoder;
    private final Schema schema;

    private RecordCodec(Class<T> type) {
        SpecificData model = new SpecificData(type.getClassLoader());
        schema = model.getSchema(type);
        encoder = new BinaryMessageEncoder<>(model, schema, true);
        decoder = new BinaryMessageDecoder<>(model, schema);
        for (Schema released : releasedVersions(schema.getName())) {
            decoder.addSchema(released);
        }
    }

    /** The codec of a generated record class. */
    @SuppressWarnings("unchecked")
    public static <T extends SpecificRecordBase> RecordCodec<T> of(Class<T> type) {
        return (RecordCodec<T>) CODECS.computeIfAbsent(type, t -> new RecordCodec<>(type));
    }

    /** The record as bytes: header and body, ready to be a Kafka value. */
    public byte[] encode(T value) {
        try {
            ByteBuffer buffer = encoder.encode(value);
            if (buffer.hasArray()
                    && buffer.arrayOffset() == 0
                    && buffer.remaining() == buffer.array().length) {
                return buffer.array();
            }
            byte[] bytes = new byte[buffer.remaining()];
            buffer.get(bytes);
            return bytes;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot encode " + schema.getName(), e);
        }
    }

    /**
     * Reads a value.
     *
     * @throws UndecodableException when the bytes are no single object, their schema is unknown, or
     *     the body does not fit its schema; its message says which
     */
    public T decode(byte[] bytes) throws UndecodableException {
        if (bytes == null || bytes.length < 10) {
            throw new UndecodableException(
                    "not an Avro single object: "
                            + (bytes == null ? 0 : bytes.length)
                            + " bytes, at least 10 are needed");
        }
        try {
            return decoder.decode(bytes);
        } catch (BadHeaderException e) {
            throw new UndecodableException(
                    "not an Avro single object: it must begin with C3 01", e);
        } catch (MissingSchemaException e) {
            throw new UndecodableException(
                    "unknown schema fingerprint "
                            + fingerprintHex(bytes)
                            + ", this version writes "
                            + schema.getName()
                            + " as "
                            + fingerprintHex(),
                    e);
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            // Avro throws many kinds of them at foreign bytes, some of which it does not name.
            throw new UndecodableException("damaged " + schema.getName() + " body", e);
        }
    }

    /** Fingerprint of the current schema: 16 hex digits in the order they travel. */
    public String fingerprintHex() {
        return hex(SchemaNormalization.parsingFingerprint64(schema));
    }

    private static String fingerprintHex(byte[] bytes) {
        return hex(ByteBuffer.wrap(bytes, 2, 8).order(java.nio.ByteOrder.LITTLE_ENDIAN).getLong());
    }

    private static String hex(long fingerprint) {
        return String.format("%016x", Long.reverseBytes(fingerprint));
    }

    /** Every released version of a record's schema, oldest first. */
    public static List<Schema> releasedVersions(String name) {
        List<Schema> versions = new ArrayList<>();
        for (int version = 1; ; version++) {
            String path = "/avro/v" + version + "/" + name + ".avsc";
            try (InputStream in = RecordCodec.class.getResourceAsStream(path)) {
                if (in == null) {
                    return versions;
                }
                String json = new String(in.readAllBytes(), StandardCharsets.UTF_8);
                versions.add(new Schema.Parser().parse(json));
            } catch (IOException e) {
                throw new UncheckedIOException("cannot read " + path, e);
            }
        }
    }

    /** Bytes that are not the record they should be. */
    public static final class UndecodableException extends Exception {
        public UndecodableException(String message) {
            super(message);
        }

        public UndecodableException(String message, Throwable cause) {
            super(message, cause);
        }
    }
}

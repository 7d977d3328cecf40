package org.livepeer.flink.jobs.benchmark;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.api.common.ExecutionConfig;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.runtime.event.WatermarkEvent;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.api.operators.Output;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.LatencyMarker;
import org.apache.flink.streaming.runtime.streamrecord.RecordAttributes;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.util.OutputTag;

/** One operator on one thread: records come as bytes and go out as bytes, state on the disk. */
final class Harnesses {
    /** What a slot of flink-conf/config.yaml has: 0.2 of a 2 GB process, by two slots. */
    static final String MEMORY_PER_SLOT = "158mb";

    private Harnesses() {}

    /** RocksDB with the settings of flink-conf/config.yaml; more of them to try, as k=v;k=v. */
    static EmbeddedRocksDBStateBackend rocksDb(Path folder) {
        Configuration settings = GlobalConfiguration.loadConfiguration("../flink-conf");
        settings.setString("state.backend.rocksdb.memory.fixed-per-slot", MEMORY_PER_SLOT);
        settings.setString("state.backend.rocksdb.localdir", folder.toString());
        for (String more : System.getProperty("livepeer.benchmark.flink", "").split(";")) {
            int equals = more.indexOf('=');
            if (equals > 0) {
                settings.setString(more.substring(0, equals), more.substring(equals + 1));
            }
        }
        return new EmbeddedRocksDBStateBackend(true)
                .configure(settings, Harnesses.class.getClassLoader());
    }

    static <T> byte[] bytes(TypeSerializer<T> serializer, T record) throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(512);
        serializer.serialize(record, out);
        return out.getCopyOfBuffer();
    }

    static <T> StreamRecord<T> record(TypeSerializer<T> serializer, byte[] bytes)
            throws IOException {
        return new StreamRecord<>(serializer.deserialize(new DataInputDeserializer(bytes)));
    }

    /** Writes every record as an exchange between tasks would, and forgets it. */
    static final class Writing<T> implements Output<StreamRecord<T>> {
        private final TypeSerializer<T> serializer;
        private final Map<String, TypeSerializer<?>> sides = new HashMap<>();
        private final DataOutputSerializer out = new DataOutputSerializer(4_096);

        Writing(TypeSerializer<T> serializer) {
            this.serializer = serializer;
        }

        @Override
        public void collect(StreamRecord<T> record) {
            write(serializer, record.getValue());
        }

        @Override
        @SuppressWarnings("unchecked")
        public <X> void collect(OutputTag<X> tag, StreamRecord<X> record) {
            TypeSerializer<X> side =
                    (TypeSerializer<X>)
                            sides.computeIfAbsent(
                                    tag.getId(),
                                    id ->
                                            tag.getTypeInfo()
                                                    .createSerializer(
                                                            new ExecutionConfig()
                                                                    .getSerializerConfig()));
            write(side, record.getValue());
        }

        private <X> void write(TypeSerializer<X> by, X value) {
            out.clear();
            try {
                by.serialize(value, out);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void emitWatermark(Watermark mark) {}

        @Override
        public void emitWatermark(WatermarkEvent mark) {}

        @Override
        public void emitWatermarkStatus(WatermarkStatus status) {}

        @Override
        public void emitLatencyMarker(LatencyMarker marker) {}

        @Override
        public void emitRecordAttributes(RecordAttributes attributes) {}

        @Override
        public void close() {}
    }
}

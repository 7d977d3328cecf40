package org.livepeer.flink.connectors.transcoder.child;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.specific.SpecificRecordBase;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.transcoder.engine.MediaFacts;
import org.livepeer.flink.connectors.transcoder.media.SyntheticOptions;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.operators.transcode.TranscodeJob;
import org.livepeer.flink.operators.transcode.Transcoded;
import org.livepeer.flink.schemas.Clip;
import org.livepeer.flink.schemas.Profile;
import org.livepeer.flink.schemas.RecordCodec;
import org.livepeer.flink.schemas.Rendition;
import org.livepeer.flink.schemas.VideoCodec;

/**
 * Tasks and replies as bytes: a marker, a kind, then the fields. The marker tells a reply from
 * anything else that may have been printed. Both ends are of one version, so nothing is negotiated.
 */
final class Frames {
    private static final int MARKER = 0x4c704672;
    private static final int MAX_ARRAY = 512 << 20;
    private static final int MAX_DETAIL = 4000;
    private static final int TRANSCODE = 1;
    private static final int INSPECT = 2;
    private static final int SYNTHESIZE = 3;
    private static final int READY = 10;
    private static final int DONE = 11;
    private static final int FACTS = 12;
    private static final int MEDIA = 13;
    private static final int FAILED = 14;

    private Frames() {}

    static void write(DataOutputStream out, Task task) throws IOException {
        out.writeInt(MARKER);
        if (task instanceof Task.Transcode transcode) {
            out.writeByte(TRANSCODE);
            writeJob(out, transcode.job());
        } else if (task instanceof Task.Inspect inspect) {
            out.writeByte(INSPECT);
            writeMedia(out, inspect.media());
            out.writeLong(inspect.deadline().toMillis());
        } else if (task instanceof Task.Synthesize synthesize) {
            SyntheticOptions options = synthesize.options();
            out.writeByte(SYNTHESIZE);
            out.writeInt(options.width());
            out.writeInt(options.height());
            out.writeInt(options.fps());
            out.writeInt(options.segmentMs());
            out.writeUTF(options.codec().name());
            out.writeBoolean(options.audio());
            out.writeInt(options.bitrate());
            out.writeUTF(options.pixels().name());
            out.writeLong(synthesize.deadline().toMillis());
        }
        out.flush();
    }

    static Task readTask(DataInputStream in) throws IOException {
        int kind = kind(in);
        return switch (kind) {
            case TRANSCODE -> new Task.Transcode(readJob(in));
            case INSPECT -> new Task.Inspect(readMedia(in), Duration.ofMillis(in.readLong()));
            case SYNTHESIZE ->
                    new Task.Synthesize(
                            new SyntheticOptions(
                                    in.readInt(),
                                    in.readInt(),
                                    in.readInt(),
                                    in.readInt(),
                                    VideoCodec.valueOf(in.readUTF()),
                                    in.readBoolean(),
                                    in.readInt(),
                                    SyntheticOptions.Pixels.valueOf(in.readUTF())),
                            Duration.ofMillis(in.readLong()));
            default -> throw new IOException("unknown task " + kind);
        };
    }

    static void write(DataOutputStream out, Task.Reply reply) throws IOException {
        out.writeInt(MARKER);
        if (reply instanceof Task.Ready) {
            out.writeByte(READY);
        } else if (reply instanceof Task.Done done) {
            out.writeByte(DONE);
            out.writeLong(done.transcoded().decodedPixels());
            out.writeInt(done.transcoded().renditions().size());
            for (Rendition rendition : done.transcoded().renditions()) {
                writeRecord(out, Rendition.class, rendition);
            }
        } else if (reply instanceof Task.Facts answer) {
            MediaFacts facts = answer.facts();
            out.writeByte(FACTS);
            out.writeInt(facts.width());
            out.writeInt(facts.height());
            out.writeLong(facts.frames());
            out.writeLong(facts.pixels());
            out.writeLong(facts.startMicros());
            out.writeUTF(facts.codecs());
        } else if (reply instanceof Task.Media media) {
            out.writeByte(MEDIA);
            writeArray(out, media.bytes());
        } else if (reply instanceof Task.Failed failed) {
            String detail = failed.detail();
            out.writeByte(FAILED);
            out.writeUTF(failed.reason().name());
            out.writeUTF(detail.substring(0, Math.min(detail.length(), MAX_DETAIL)));
        }
        out.flush();
    }

    static Task.Reply readReply(DataInputStream in) throws IOException {
        int kind = kind(in);
        return switch (kind) {
            case READY -> new Task.Ready();
            case DONE -> {
                long decodedPixels = in.readLong();
                List<Rendition> renditions = readRecords(in, Rendition.class);
                yield new Task.Done(new Transcoded(renditions, decodedPixels));
            }
            case FACTS ->
                    new Task.Facts(
                            new MediaFacts(
                                    in.readInt(),
                                    in.readInt(),
                                    in.readLong(),
                                    in.readLong(),
                                    in.readLong(),
                                    in.readUTF()));
            case MEDIA -> new Task.Media(readArray(in));
            case FAILED -> new Task.Failed(Reason.ofCode(in.readUTF()), in.readUTF());
            default -> throw new IOException("unknown reply " + kind);
        };
    }

    private static int kind(DataInputStream in) throws IOException {
        int marker = in.readInt();
        if (marker != MARKER) {
            throw new IOException("no frame: " + Integer.toHexString(marker));
        }
        return in.readUnsignedByte();
    }

    private static void writeJob(DataOutputStream out, TranscodeJob job) throws IOException {
        out.writeUTF(job.requestId());
        out.writeUTF(job.sessionId());
        out.writeLong(job.ordinal());
        writeMedia(out, job.media());
        out.writeInt(job.profiles().size());
        for (Profile profile : job.profiles()) {
            writeRecord(out, Profile.class, profile);
        }
        Clip clip = job.clip();
        out.writeBoolean(clip != null);
        out.writeLong(clip == null ? 0 : clip.getFromMs());
        out.writeLong(clip == null ? 0 : clip.getToMs());
        out.writeBoolean(job.perceptualHash());
        out.writeLong(job.maxPixels());
        out.writeLong(job.deadline().toMillis());
    }

    private static TranscodeJob readJob(DataInputStream in) throws IOException {
        String requestId = in.readUTF();
        String sessionId = in.readUTF();
        long ordinal = in.readLong();
        TranscodeJob.Media media = readMedia(in);
        List<Profile> profiles = readRecords(in, Profile.class);
        boolean clipped = in.readBoolean();
        long from = in.readLong();
        long to = in.readLong();
        @Nullable Clip clip = clipped ? new Clip(from, to) : null;
        return new TranscodeJob(
                requestId,
                sessionId,
                ordinal,
                media,
                profiles,
                clip,
                in.readBoolean(),
                in.readLong(),
                Duration.ofMillis(in.readLong()));
    }

    private static void writeMedia(DataOutputStream out, TranscodeJob.Media media)
            throws IOException {
        if (media instanceof TranscodeJob.InMemory memory) {
            out.writeBoolean(true);
            writeArray(out, memory.bytes());
        } else if (media instanceof TranscodeJob.InFile file) {
            out.writeBoolean(false);
            out.writeUTF(file.path().toString());
            out.writeLong(file.length());
        }
    }

    private static TranscodeJob.Media readMedia(DataInputStream in) throws IOException {
        return in.readBoolean()
                ? new TranscodeJob.InMemory(readArray(in))
                : new TranscodeJob.InFile(Path.of(in.readUTF()), in.readLong());
    }

    private static <T extends SpecificRecordBase> void writeRecord(
            DataOutputStream out, Class<T> type, T value) throws IOException {
        writeArray(out, RecordCodec.of(type).encode(value));
    }

    private static <T extends SpecificRecordBase> List<T> readRecords(
            DataInputStream in, Class<T> type) throws IOException {
        int count = in.readInt();
        List<T> records = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            try {
                records.add(RecordCodec.of(type).decode(readArray(in)));
            } catch (RecordCodec.UndecodableException e) {
                throw new IOException(e.getMessage(), e);
            }
        }
        return records;
    }

    private static void writeArray(DataOutputStream out, byte[] bytes) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static byte[] readArray(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > MAX_ARRAY) {
            throw new IOException("no frame: an array of " + length + " bytes");
        }
        byte[] bytes = new byte[length];
        in.readFully(bytes);
        return bytes;
    }
}

package org.livepeer.flink.connectors.transcoder.child;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.specific.SpecificRecordBase;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.operators.transcode.TranscodeException;
import org.livepeer.flink.operators.transcode.TranscodeJob;
import org.livepeer.flink.operators.transcode.TranscodeJob.InFile;
import org.livepeer.flink.operators.transcode.TranscodeJob.InMemory;
import org.livepeer.flink.operators.transcode.Transcoded;
import org.livepeer.flink.schemas.Clip;
import org.livepeer.flink.schemas.Profile;
import org.livepeer.flink.schemas.RecordCodec;
import org.livepeer.flink.schemas.RecordCodec.UndecodableException;
import org.livepeer.flink.schemas.Rendition;

/**
 * What a supervisor and its child say to each other over the child's standard input and output: a
 * byte for the kind, then the parts in order, byte strings length-prefixed.
 */
final class ChildProtocol {
    /** To the child: a job follows. */
    static final int JOB = 1;

    /** To the child: make a synthetic segment; width, height, fps, ms, codec name follow. */
    static final int SYNTHESIZE = 2;

    /** From the child: ready for work. */
    static final int READY = 10;

    /** From the child: renditions follow. */
    static final int DONE = 11;

    /** From the child: reason and detail follow. */
    static final int FAILED = 12;

    /** From the child: media bytes follow. */
    static final int MEDIA = 13;

    private static final int MOST_BYTES = 512 << 20;

    private ChildProtocol() {}

    static void writeJob(DataOutputStream out, TranscodeJob job) throws IOException {
        out.writeByte(JOB);
        out.writeUTF(job.requestId());
        out.writeUTF(job.sessionId());
        out.writeLong(job.ordinal());
        out.writeInt(job.profiles().size());
        for (Profile profile : job.profiles()) {
            writeRecord(out, profile);
        }
        Clip clip = job.clip();
        out.writeBoolean(clip != null);
        if (clip != null) {
            writeRecord(out, clip);
        }
        out.writeBoolean(job.perceptualHash());
        out.writeLong(job.maxPixels());
        out.writeLong(job.deadline().toMillis());
        if (job.media() instanceof InMemory memory) {
            out.writeBoolean(true);
            writeBytes(out, memory.bytes());
        } else if (job.media() instanceof InFile file) {
            out.writeBoolean(false);
            writeBytes(out, file.path().toString().getBytes(StandardCharsets.UTF_8));
            out.writeLong(file.length());
        }
        out.flush();
    }

    /** The rest of a job, after its kind was read. */
    static TranscodeJob readJob(DataInputStream in) throws IOException {
        String requestId = in.readUTF();
        String sessionId = in.readUTF();
        long ordinal = in.readLong();
        List<Profile> profiles = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            profiles.add(readRecord(in, Profile.class));
        }
        Clip clip = in.readBoolean() ? readRecord(in, Clip.class) : null;
        boolean hash = in.readBoolean();
        long maxPixels = in.readLong();
        Duration deadline = Duration.ofMillis(in.readLong());
        TranscodeJob.Media media;
        if (in.readBoolean()) {
            media = new InMemory(readBytes(in));
        } else {
            Path path = Path.of(new String(readBytes(in), StandardCharsets.UTF_8));
            media = new InFile(path, in.readLong());
        }
        return new TranscodeJob(
                requestId, sessionId, ordinal, media, profiles, clip, hash, maxPixels, deadline);
    }

    static void writeDone(DataOutputStream out, Transcoded done) throws IOException {
        out.writeByte(DONE);
        out.writeLong(done.decodedPixels());
        out.writeInt(done.renditions().size());
        for (Rendition rendition : done.renditions()) {
            writeRecord(out, rendition);
        }
        out.flush();
    }

    static void writeFailed(DataOutputStream out, Reason reason, String detail) throws IOException {
        out.writeByte(FAILED);
        writeBytes(out, reason.name().getBytes(StandardCharsets.UTF_8));
        writeBytes(out, detail.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    /** A whole answer to a job. */
    static Transcoded readAnswer(DataInputStream in) throws IOException, TranscodeException {
        switch (in.readUnsignedByte()) {
            case DONE -> {
                long decodedPixels = in.readLong();
                List<Rendition> renditions = new ArrayList<>();
                for (int left = in.readInt(); left > 0; left--) {
                    renditions.add(readRecord(in, Rendition.class));
                }
                return new Transcoded(renditions, decodedPixels);
            }
            case FAILED -> throw failure(in);
            default -> throw new IOException("the child does not speak the protocol");
        }
    }

    static TranscodeException failure(DataInputStream in) throws IOException {
        Reason reason = Reason.ofCode(new String(readBytes(in), StandardCharsets.UTF_8));
        return new TranscodeException(reason, new String(readBytes(in), StandardCharsets.UTF_8));
    }

    static void writeBytes(DataOutputStream out, byte[] bytes) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    static byte[] readBytes(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > MOST_BYTES) {
            throw new IOException("a part of " + length + " bytes cannot be");
        }
        byte[] bytes = new byte[length];
        in.readFully(bytes);
        return bytes;
    }

    @SuppressWarnings("unchecked")
    private static <T extends SpecificRecordBase> void writeRecord(DataOutputStream out, T record)
            throws IOException {
        writeBytes(out, RecordCodec.of((Class<T>) record.getClass()).encode(record));
    }

    private static <T extends SpecificRecordBase> T readRecord(DataInputStream in, Class<T> type)
            throws IOException {
        try {
            return RecordCodec.of(type).decode(readBytes(in));
        } catch (UndecodableException e) {
            throw new IOException(e);
        }
    }
}

package org.livepeer.flink.connectors.transcoder.worker;

import com.google.protobuf.ByteString;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.livepeer.flink.connectors.transcoder.worker.Outcome.Finished;
import org.livepeer.flink.connectors.transcoder.worker.Outcome.Media;
import org.livepeer.flink.connectors.transcoder.worker.Outcome.Refused;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.schemas.worker.RenditionHeader;

/**
 * One kept answer in a file:
 *
 * <pre>
 * "LPKEPT01" | int head length | head | long CRC-32C of the head | media | long CRC-32C of the media
 * head: request id, saved at (ms), finished?, then
 *       decoded pixels, work ms, count, each rendition's header    (finished)
 *       reason, detail                                             (refused)
 * </pre>
 *
 * Integers are big-endian. The media of all renditions that are not in the store follow each other.
 */
final class KeptFile {
    private static final long MAGIC = 0x4c504b4550543031L;
    private static final int LARGEST_HEAD = 1 << 20;
    private static final int LONGEST_DETAIL = 2000;

    private KeptFile() {}

    /**
     * @param requestId whose answer it is
     * @param savedAtMs ms since the epoch
     * @param outcome whose contents are read from the open file
     */
    record Answer(String requestId, long savedAtMs, Outcome outcome) {}

    static void write(Path file, String requestId, long savedAtMs, Outcome outcome)
            throws IOException {
        byte[] head = head(requestId, savedAtMs, outcome);
        try (OutputStream raw = Files.newOutputStream(file, StandardOpenOption.CREATE_NEW);
                DataOutputStream out = new DataOutputStream(new BufferedOutputStream(raw))) {
            out.writeLong(MAGIC);
            out.writeInt(head.length);
            out.write(head);
            out.writeLong(checksum(ByteBuffer.wrap(head)));
            CRC32C checksum = new CRC32C();
            if (outcome instanceof Finished finished) {
                for (Media media : finished.renditions()) {
                    copy(media.content(), out, checksum);
                }
            }
            out.writeLong(checksum.getValue());
        }
    }

    /** Reads and checks what stands before the media; the file's length is checked too. */
    static Answer open(Path file, boolean checkMedia) throws IOException {
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
        try {
            ByteBuffer start = read(channel, 0, 12);
            if (start.getLong() != MAGIC) {
                throw new IOException("not a kept answer");
            }
            int length = start.getInt();
            if (length < 0 || length > LARGEST_HEAD) {
                throw new IOException("damaged head");
            }
            ByteBuffer head = read(channel, 12, length);
            if (checksum(head.duplicate()) != read(channel, 12L + length, 8).getLong()) {
                throw new IOException("damaged head");
            }
            long media = 20L + length;
            Answer answer = answer(channel, head.array(), media);
            long bytes = answer.outcome() instanceof Finished done ? done.inlineBytes() : 0;
            if (channel.size() != media + bytes + 8) {
                throw new IOException("of the wrong length");
            }
            if (checkMedia) {
                checkMedia(channel, media, bytes);
            }
            if (answer.outcome() instanceof Refused) {
                channel.close();
            }
            return answer;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static byte[] head(String requestId, long savedAtMs, Outcome outcome)
            throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeUTF(requestId);
        out.writeLong(savedAtMs);
        out.writeBoolean(outcome instanceof Finished);
        if (outcome instanceof Finished finished) {
            out.writeLong(finished.decodedPixels());
            out.writeLong(finished.workMs());
            out.writeInt(finished.renditions().size());
            for (Media media : finished.renditions()) {
                byte[] header = media.header().toByteArray();
                out.writeInt(header.length);
                out.write(header);
            }
        } else if (outcome instanceof Refused refused) {
            String detail = refused.detail();
            out.writeUTF(refused.reason().name());
            out.writeUTF(detail.substring(0, Math.min(detail.length(), LONGEST_DETAIL)));
        }
        return bytes.toByteArray();
    }

    private static Answer answer(FileChannel channel, byte[] head, long media) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(head));
        String requestId = in.readUTF();
        long savedAtMs = in.readLong();
        if (!in.readBoolean()) {
            Refused refused = new Refused(Reason.ofCode(in.readUTF()), in.readUTF());
            return new Answer(requestId, savedAtMs, refused);
        }
        long decodedPixels = in.readLong();
        long workMs = in.readLong();
        int count = in.readInt();
        List<Media> renditions = new ArrayList<>();
        long position = media;
        for (int i = 0; i < count; i++) {
            RenditionHeader header = RenditionHeader.parseFrom(in.readNBytes(in.readInt()));
            long length = header.hasStored() ? 0 : header.getMediaBytes();
            renditions.add(new Media(header, new Content.InFile(channel, position, length)));
            position += length;
        }
        return new Answer(
                requestId,
                savedAtMs,
                new Finished(List.copyOf(renditions), decodedPixels, workMs, true, channel));
    }

    private static void copy(Content content, DataOutputStream out, CRC32C checksum)
            throws IOException {
        for (long at = 0; at < content.length(); at += CallMetadata.CHUNK_BYTES) {
            int count = (int) Math.min(CallMetadata.CHUNK_BYTES, content.length() - at);
            ByteString chunk = content.read(at, count);
            checksum.update(chunk.asReadOnlyByteBuffer());
            chunk.writeTo(out);
        }
    }

    private static void checkMedia(FileChannel channel, long position, long bytes)
            throws IOException {
        CRC32C checksum = new CRC32C();
        for (long at = 0; at < bytes; at += CallMetadata.CHUNK_BYTES) {
            int count = (int) Math.min(CallMetadata.CHUNK_BYTES, bytes - at);
            checksum.update(read(channel, position + at, count));
        }
        if (checksum.getValue() != read(channel, position + bytes, 8).getLong()) {
            throw new IOException("damaged media");
        }
    }

    private static ByteBuffer read(FileChannel channel, long position, int count)
            throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(count);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, position + buffer.position()) < 0) {
                throw new IOException("cut short");
            }
        }
        return buffer.flip();
    }

    private static long checksum(ByteBuffer bytes) {
        CRC32C checksum = new CRC32C();
        checksum.update(bytes);
        return checksum.getValue();
    }
}

package org.livepeer.flink.connectors.transcoder.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.operators.transcode.TranscodeException;

/**
 * Writes packets into one container: MPEG-TS in memory, or MP4 through a file, because its index
 * has to be moved to the front at the end. Time stamps are rescaled and otherwise left as they are.
 */
public final class Muxer implements AutoCloseable {
    private static final int TAG_HVC1 = 'h' | 'v' << 8 | 'c' << 16 | '1' << 24;

    private final AVFormatContext context;
    private final @Nullable Path file;
    private final List<Long> lastDts = new ArrayList<>();
    private @Nullable AVIOContext memory;
    private boolean finished;

    private Muxer(String format, @Nullable Path file) throws TranscodeException {
        this.file = file;
        AVFormatContext holder = new AVFormatContext(null);
        Libav.check(
                avformat.avformat_alloc_output_context2(
                        holder, null, format, file == null ? null : file.toString()),
                Reason.InternalError,
                "muxer " + format);
        this.context = holder;
        AVIOContext io = new AVIOContext(null);
        int code =
                file == null
                        ? avformat.avio_open_dyn_buf(io)
                        : avformat.avio_open(io, "file:" + file, avformat.AVIO_FLAG_WRITE);
        if (code < 0) {
            avformat.avformat_free_context(context);
            throw new TranscodeException(
                    Reason.InternalError, "cannot open the output: " + Libav.message(code));
        }
        context.pb(io);
        memory = file == null ? io : null;
    }

    /** MPEG-TS in memory. */
    public static Muxer mpegTs() throws TranscodeException {
        return new Muxer("mpegts", null);
    }

    /** MP4 with its index in front, written to a file that must not exist and is deleted. */
    static Muxer mp4(Path file) throws TranscodeException {
        return new Muxer("mp4", file);
    }

    /** Adds a stream; returns its index. */
    public int add(AVCodecParameters parameters, AVRational timeBase) throws TranscodeException {
        AVStream stream = Libav.present(avformat.avformat_new_stream(context, null), "stream");
        Libav.check(
                avcodec.avcodec_parameters_copy(stream.codecpar(), parameters),
                Reason.InternalError,
                "stream parameters");
        boolean hevcInMp4 = file != null && parameters.codec_id() == avcodec.AV_CODEC_ID_HEVC;
        stream.codecpar().codec_tag(hevcInMp4 ? TAG_HVC1 : 0);
        stream.time_base(timeBase);
        lastDts.add(avutil.AV_NOPTS_VALUE);
        return stream.index();
    }

    /** Writes the head, after all streams were added. */
    public void start() throws TranscodeException {
        AVDictionary options = new AVDictionary(null);
        if (file != null) {
            avutil.av_dict_set(options, "movflags", "faststart", 0);
        }
        int code = avformat.avformat_write_header(context, options);
        avutil.av_dict_free(options);
        Libav.check(code, Reason.InternalError, "cannot write the head of the output");
    }

    /**
     * Writes a packet, which the caller goes on to own; decoding times are made to rise.
     *
     * @return libav's code: negative when the packet was not written
     */
    public int write(AVPacket packet, int index, AVRational timeBase) {
        AVStream stream = context.streams(index);
        packet.stream_index(index);
        avcodec.av_packet_rescale_ts(packet, timeBase, stream.time_base());
        long last = lastDts.get(index);
        if (last != avutil.AV_NOPTS_VALUE && packet.dts() <= last) {
            packet.dts(last + 1);
        }
        if (packet.pts() < packet.dts()) {
            packet.pts(packet.dts());
        }
        packet.pos(-1);
        int code = avformat.av_write_frame(context, packet);
        if (code >= 0) {
            lastDts.set(index, packet.dts());
        }
        return code;
    }

    /** Ends the container and returns it. */
    public byte[] finish() throws TranscodeException {
        Libav.check(
                avformat.av_write_trailer(context),
                Reason.InternalError,
                "cannot write the end of the output");
        finished = true;
        return file == null ? takeMemory() : takeFile(file);
    }

    private byte[] takeMemory() throws TranscodeException {
        try (PointerPointer<BytePointer> holder = new PointerPointer<>(1)) {
            int size = avformat.avio_close_dyn_buf(context.pb(), holder);
            memory = null;
            context.pb(null);
            BytePointer buffer = Libav.present(holder.get(BytePointer.class, 0), "output");
            byte[] bytes = new byte[size];
            buffer.get(bytes);
            avutil.av_free(buffer);
            return bytes;
        }
    }

    private byte[] takeFile(Path written) throws TranscodeException {
        AVIOContext io = context.pb();
        context.pb(null);
        avformat.avio_closep(io);
        try {
            return Files.readAllBytes(written);
        } catch (IOException e) {
            throw new TranscodeException(Reason.InternalError, "cannot read the MP4 back: " + e, e);
        }
    }

    @Override
    public void close() {
        if (Pointer.isNull(context)) {
            return;
        }
        AVIOContext io = context.pb();
        if (memory != null) {
            try (PointerPointer<BytePointer> holder = new PointerPointer<>(1)) {
                avformat.avio_close_dyn_buf(io, holder);
                avutil.av_free(holder.get(BytePointer.class, 0));
            }
            memory = null;
        } else if (!finished && io != null) {
            avformat.avio_closep(io);
        }
        context.pb(null);
        avformat.avformat_free_context(context);
        context.setNull();
        if (file != null) {
            file.toFile().delete();
        }
    }
}

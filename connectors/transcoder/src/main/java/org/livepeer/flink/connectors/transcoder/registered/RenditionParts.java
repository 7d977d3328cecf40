package org.livepeer.flink.connectors.transcoder.registered;

import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.multipart.AggregatedBodyPart;
import com.linecorp.armeria.common.multipart.AggregatedMultipart;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.operators.transcode.TranscodeException;
import org.livepeer.flink.operators.transcode.TranscodeJob;
import org.livepeer.flink.operators.transcode.Transcoded;
import org.livepeer.flink.schemas.Profile;
import org.livepeer.flink.schemas.Rendition;

/**
 * A posted result. A part with {@code Pixels} is a rendition; one of type {@code
 * application/octet-stream} behind it its signature; others do not count (go-livepeer {@code
 * server/ot_rpc.go}). Its pixels are believed only when they are whole pictures of the size that is
 * in the media, and no more than were paid for.
 */
final class RenditionParts {
    private static final MediaType SIGNATURE = MediaType.OCTET_STREAM;

    private RenditionParts() {}

    /**
     * The renditions of a job.
     *
     * @param decoded pixels that the transcoder decoded, as it says
     * @throws TranscodeException when they are not what the job asked for
     */
    static Transcoded read(AggregatedMultipart body, long decoded, TranscodeJob job)
            throws TranscodeException {
        List<Rendition> renditions = new ArrayList<>();
        long sum = 0;
        for (AggregatedBodyPart part : body.bodyParts()) {
            String pixels = part.headers().get("pixels", "");
            if (!pixels.isEmpty()) {
                if (renditions.size() == job.profiles().size()) {
                    throw broken("there are more renditions than profiles");
                }
                Rendition rendition =
                        rendition(
                                job.profiles().get(renditions.size()),
                                number(pixels),
                                part.content().array());
                sum = Math.addExact(sum, rendition.getPixels());
                renditions.add(rendition);
            } else if (SIGNATURE.equals(part.contentType()) && !renditions.isEmpty()) {
                renditions
                        .get(renditions.size() - 1)
                        .setPerceptualHash(ByteBuffer.wrap(part.content().array()));
            }
        }
        if (renditions.size() != job.profiles().size()) {
            throw broken(
                    renditions.size() + " renditions for " + job.profiles().size() + " profiles");
        }
        if (job.maxPixels() > 0 && sum > job.maxPixels()) {
            throw new TranscodeException(
                    Reason.PixelLimitExceeded,
                    sum + " pixels were encoded, " + job.maxPixels() + " are the most");
        }
        return new Transcoded(renditions, decoded);
    }

    private static Rendition rendition(Profile profile, long pixels, byte[] media)
            throws TranscodeException {
        if (media.length == 0) {
            throw broken("the rendition " + profile.getName() + " is empty");
        }
        Optional<PictureSize> found = PictureSize.of(media);
        PictureSize size = found.orElse(new PictureSize(profile.getWidth(), profile.getHeight()));
        long picture = (long) size.width() * size.height();
        if (found.isPresent() && pixels % picture != 0) {
            throw broken(
                    pixels
                            + " pixels of "
                            + profile.getName()
                            + " are no whole pictures of "
                            + size.width()
                            + "x"
                            + size.height());
        }
        return Rendition.newBuilder()
                .setName(profile.getName())
                .setWidth(size.width())
                .setHeight(size.height())
                .setFrames(pixels / picture)
                .setPixels(pixels)
                .setBitrate(profile.getBitrate())
                .setFormat(profile.getFormat())
                .setPayload(ByteBuffer.wrap(media))
                .build();
    }

    private static long number(String pixels) throws TranscodeException {
        if (!pixels.matches("\\d{1,15}")) {
            throw broken("Pixels is '" + pixels.substring(0, Math.min(20, pixels.length())) + "'");
        }
        return Long.parseLong(pixels);
    }

    private static TranscodeException broken(String what) {
        return new TranscodeException(Reason.WorkerCrashed, "the result is broken: " + what);
    }
}

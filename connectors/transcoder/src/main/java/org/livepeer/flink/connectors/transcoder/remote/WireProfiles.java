package org.livepeer.flink.connectors.transcoder.remote;

import java.util.List;
import java.util.Optional;
import org.livepeer.flink.operators.wire.WireFault;
import org.livepeer.flink.operators.wire.WireLadder;
import org.livepeer.flink.operators.wire.WireTexts;
import org.livepeer.flink.schemas.Profile;
import org.livepeer.flink.schemas.net.SegData;

/** The ladder of a segment as the engine takes it. */
final class WireProfiles {
    /** Larger sides are brought down to what the encoder takes, as lpms does. */
    private static final int LARGEST_SIDE = 16_384;

    private static final int FASTEST = 1000;

    private WireProfiles() {}

    /**
     * The profiles in their order.
     *
     * @throws WireFault when there are none, or one of them cannot be made
     */
    static List<Profile> of(SegData data) throws WireFault {
        List<Profile> profiles = WireLadder.of(data);
        Optional<String> fault = WireLadder.fault(profiles, LARGEST_SIDE);
        if (fault.isPresent()) {
            throw new WireFault(fault.get());
        }
        if (profiles.isEmpty() || !profiles.stream().allMatch(WireProfiles::isSound)) {
            throw new WireFault(WireTexts.INVALID_ARGUMENT);
        }
        return profiles;
    }

    private static boolean isSound(Profile profile) {
        return profile.getBitrate() >= 0
                && profile.getFps() >= 0
                && profile.getFps() <= (long) FASTEST * Math.max(1, profile.getFpsDen())
                && within(0, profile.getFpsDen(), FASTEST * FASTEST)
                && within(0, profile.getQuality(), 63);
    }

    private static boolean within(int least, int value, int most) {
        return value >= least && value <= most;
    }
}

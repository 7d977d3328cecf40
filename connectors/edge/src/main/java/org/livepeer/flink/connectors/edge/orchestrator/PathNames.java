package org.livepeer.flink.connectors.edge.orchestrator;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.livepeer.flink.schemas.Profile;

/** Names of profiles as path elements of the answer, which is all that they are to a gateway. */
final class PathNames {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_~-][A-Za-z0-9._~-]{0,63}");

    private PathNames() {}

    /**
     * The profiles, where a name that the job does not take, or takes once only, is replaced by
     * {@code ~} and the profile's number.
     */
    static List<Profile> of(List<Profile> profiles) {
        List<Profile> named = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (Profile profile : profiles) {
            String name = profile.getName();
            boolean usable = NAME.matcher(name).matches() && !names.contains(name);
            String used = usable ? name : "~" + named.size();
            names.add(used);
            named.add(Profile.newBuilder(profile).setName(used).build());
        }
        return named;
    }
}

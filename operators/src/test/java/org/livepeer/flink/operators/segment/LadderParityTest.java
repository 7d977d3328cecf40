package org.livepeer.flink.operators.segment;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.livepeer.flink.schemas.Profile;

/** Costs and presets against go-livepeer's own numbers. */
class LadderParityTest {
    private static JsonNode vectors;

    @BeforeAll
    static void read() throws Exception {
        try (InputStream in = LadderParityTest.class.getResourceAsStream("/ladder-vectors.json")) {
            vectors = new ObjectMapper().readTree(in);
        }
    }

    @Test
    void estimatesTheGatewaysPixels() {
        JsonNode cases = vectors.get("estimate_fee_pixels").get("cases");
        assertThat(cases).isNotEmpty();
        for (JsonNode one : cases) {
            List<Profile> profiles = new ArrayList<>();
            one.get("profiles").forEach(p -> profiles.add(profile(p)));
            long ms = Math.round(one.get("durationSec").asDouble() * 1000);
            assertThat(Ladder.estimatedPixels(profiles, ms)).isEqualTo(one.get("pixels").asLong());
        }
    }

    @Test
    void countsTheLoadBalancersCost() {
        JsonNode one = vectors.get("lb_cost").get("case");
        assertThat(Ladder.loadPixelsPerSecond(List.of(profile(one))))
                .isEqualTo(one.get("cost").asLong());
    }

    @Test
    void knowsEveryPreset() {
        for (JsonNode preset : vectors.get("presets").get("list")) {
            Profile known = Presets.byName(preset.get("name").asText());
            assertThat(known).isNotNull();
            assertThat(known.getWidth() + "x" + known.getHeight())
                    .isEqualTo(preset.get("resolution").asText());
            assertThat(known.getBitrate() / 1000 + "k").isEqualTo(preset.get("bitrate").asText());
            assertThat(known.getFps()).isEqualTo(preset.get("fps").asInt());
        }
    }

    private static Profile profile(JsonNode node) {
        return Profile.newBuilder(Presets.byName("P144p30fps16x9"))
                .setWidth(node.get("w").asInt())
                .setHeight(node.get("h").asInt())
                .setFps(node.get("fps").asInt())
                .setFpsDen(node.get("fpsDen").asInt())
                .build();
    }
}

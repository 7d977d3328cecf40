package org.livepeer.flink.connectors.edge.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.livepeer.flink.connectors.edge.feed.Tables;
import org.livepeer.flink.operators.wire.CapabilityNumbers;
import org.livepeer.flink.operators.wire.ProtocolVersion;
import org.livepeer.flink.schemas.net.Capabilities;

class CapacityTest {
    private static final Capabilities OFFERED =
            new Capacity(new Tables(null)).capabilities(System.currentTimeMillis());

    private static Capabilities needs(long... words) {
        Capabilities.Builder builder = Capabilities.newBuilder();
        for (long word : words) {
            builder.addBitstring(word);
        }
        return builder.build();
    }

    @Test
    void whatGatewaysAskForIsOffered() {
        // The sets that HTTP push and RTMP ask for, H.264 in MPEG-TS
        assertThat(CapabilityNumbers.meets(needs(67112963), OFFERED)).isTrue();
        assertThat(CapabilityNumbers.meets(needs(4099), OFFERED)).isTrue();
        assertThat(CapabilityNumbers.meets(needs(), OFFERED)).isTrue();
    }

    @Test
    void storageOfGatewaysAndOtherBitsAreNot() {
        assertThat(CapabilityNumbers.meets(needs(4099 | 1 << 5), OFFERED)).isFalse();
        assertThat(CapabilityNumbers.meets(needs(4099 | 1 << 6), OFFERED)).isFalse();
        assertThat(CapabilityNumbers.meets(needs(1L << 63), OFFERED)).isFalse();
        assertThat(CapabilityNumbers.meets(needs(4099, 0), OFFERED)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "0.9.1,'',true", "0.9.1,nonsense,true", "'',0.1,false", "undefined,0.1.0,false",
        "0.9.1-flink,0.9.1-other,true", "0.9.1,0.9.2,false", "0.9.1,v0.9,true", "1.0.0,0.9.9,true",
        "0.9.1,1,false", "0.10.0,0.9.5,true"
    })
    void versionsAreComparedByTheirNumbers(String version, String least, boolean enough) {
        assertThat(ProtocolVersion.isAtLeast(version, least)).isEqualTo(enough);
    }
}

package org.livepeer.flink.connectors.edge.session;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.livepeer.flink.operators.auth.ClusterSecret;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.schemas.net.AuthToken;

class SessionTokensTest {
    private static final Duration VALID = Duration.ofMinutes(30);
    private static final ClusterSecret SECRET =
            new ClusterSecret("0123456789abcdef".getBytes(UTF_8));
    private final SessionTokens tokens = new SessionTokens(SECRET, VALID);

    @Test
    void everyProcessOfTheDeploymentReadsTheQuote() {
        AuthToken token = tokens.issue(Fraction.parse("160000049/40"), 0, 1_700_000_000_000L);

        assertThat(new SessionTokens(SECRET, Duration.ofMinutes(1)).quote(token))
                .contains(Fraction.parse("160000049/40"));
        assertThat(token.getExpiration()).isEqualTo(1_700_001_800L);
        assertThat(tokens.issue(Fraction.ZERO, 0, 0).getSessionId())
                .isNotEqualTo(token.getSessionId());
    }

    @Test
    void aTokenSaysForWhichCapabilitiesItWasQuoted() {
        AuthToken token = tokens.issue(Fraction.of(12), 1L << 63 | 1L << 16, 0);

        assertThat(tokens.quote(token)).contains(Fraction.of(12));
        for (int number = 0; number < 70; number++) {
            assertThat(tokens.isQuotedFor(token, number))
                    .as("%d", number)
                    .isEqualTo(number == 63 || number == 16);
        }
    }

    @Test
    void aTokenOfAnotherSecretOrWithAnyBitChangedIsNone() {
        AuthToken token = tokens.issue(Fraction.of(12), 0, 1_000);
        ClusterSecret other = new ClusterSecret("0123456789abcdeF".getBytes(UTF_8));

        assertThat(new SessionTokens(other, VALID).quote(token)).isEmpty();
        byte[] bytes = token.getToken().toByteArray();
        for (int i = 0; i < bytes.length * 8; i++) {
            byte[] changed = bytes.clone();
            changed[i / 8] ^= (byte) (1 << i % 8);
            assertThat(quote(token, changed)).as("bit %d", i).isFalse();
        }
        for (int length = 0; length < bytes.length; length++) {
            assertThat(quote(token, Arrays.copyOf(bytes, length))).isFalse();
        }
        assertThat(quote(token, new byte[100_000])).isFalse();
        assertThat(tokens.quote(AuthToken.getDefaultInstance())).isEmpty();
    }

    private boolean quote(AuthToken token, byte[] changed) {
        return tokens.quote(token.toBuilder().setToken(ByteString.copyFrom(changed)).build())
                .isPresent();
    }

    @Test
    void expiresAfterItsSecond() {
        AuthToken token = AuthToken.newBuilder().setExpiration(100).build();

        assertThat(SessionTokens.isExpired(token, 100_000)).isFalse();
        assertThat(SessionTokens.isExpired(token, 100_001)).isTrue();
        assertThat(
                        SessionTokens.isExpired(
                                AuthToken.newBuilder().setExpiration(Long.MIN_VALUE).build(), 0))
                .isTrue();
    }

    @Test
    void aTagBelongsToOneAnswer() {
        ReplyTags tags = new ReplyTags(SECRET);
        String tag = tags.make("session", "wire.cam", 7);

        assertThat(tag.length()).isLessThanOrEqualTo(128);
        assertThat(tags.session(tag, "wire.cam", 7)).contains("session");
        assertThat(tags.session(tag, "wire.cam", 8)).isEmpty();
        assertThat(tags.session(tag, "wire.dog", 7)).isEmpty();
        assertThat(tags.session("other" + tag.substring(7), "wire.cam", 7)).isEmpty();
        assertThat(tags.session("", "wire.cam", 7)).isEmpty();
        assertThat(tags.session("..", "wire.cam", 7)).isEmpty();
    }

    @Test
    void streamsKeepTheirNameWhenTheJobTakesIt() {
        assertThat(StreamName.of(ByteString.copyFromUtf8("cam-1"))).isEqualTo("wire.cam-1");
        assertThat(StreamName.of(ByteString.EMPTY)).matches("wire\\.~[0-9a-f]{64}");
        assertThat(StreamName.of(ByteString.copyFromUtf8("a b"))).matches("wire\\.~[0-9a-f]{64}");
        assertThat(StreamName.of(ByteString.copyFrom(new byte[] {(byte) 0xff})))
                .isNotEqualTo(StreamName.of(ByteString.copyFrom(new byte[] {(byte) 0xfe})));
    }
}

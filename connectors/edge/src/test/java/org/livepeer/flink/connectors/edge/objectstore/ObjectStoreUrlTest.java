package org.livepeer.flink.connectors.edge.objectstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ObjectStoreUrlTest {
    @TempDir Path folder;

    /** The two on the right are what go-tools makes of the URL on the left. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            textBlock =
                    """
                    s3://K:S@eu-west-1/pics         | - | eu-west-1 | pics | ''   | https://pics.s3.amazonaws.com
                    s3://K:S@eu-west-1/pics/        | - | eu-west-1 | pics | ''   | https://pics.s3.amazonaws.com
                    s3://K:S@us-east-1/pics/live    | - | us-east-1 | pics | live | https://pics.s3.amazonaws.com
                    S3://K:S@us-east-1/pics/a/b/    | - | us-east-1 | pics | a/b/ | https://pics.s3.amazonaws.com
                    s3+https://K:S@store.example/pics | https://store.example | us-east-1 | pics | '' | https://store.example/pics
                    s3+https://K:S@s3.eu-west-1.amazonaws.com/pics | https://s3.eu-west-1.amazonaws.com | eu-west-1 | pics | '' | https://s3.eu-west-1.amazonaws.com/pics
                    s3+http://K:S@store:9000/pics/live/ | http://store:9000 | us-east-1 | pics | live/ | http://store:9000/pics
                    """)
    void bothFormsForS3AreRead(
            String text,
            String endpoint,
            String region,
            String bucket,
            String prefix,
            String base) {
        ObjectStoreUrl url = ObjectStoreUrl.parse("-objectStore", text);

        assertThat(url.endpoint()).isEqualTo(endpoint == null ? null : URI.create(endpoint));
        assertThat(url.region()).isEqualTo(region);
        assertThat(url.bucket()).isEqualTo(bucket);
        assertThat(url.prefix()).isEqualTo(prefix);
        assertThat(url.base()).isEqualTo(base);
        assertThat(url.accessKey()).isEqualTo("K");
        assertThat(url.secretKey()).isEqualTo("S");
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1:9000", "[::1]:9000", "10.20.30.40"})
    void anAddressNamesNoRegion(String host) {
        assertThat(ObjectStoreUrl.parse("-f", "s3+http://K:S@" + host + "/b").region())
                .isEqualTo("us-east-1");
    }

    @Test
    void credentialsMayHaveAnythingThatIsWrittenAsInAUrl() {
        ObjectStoreUrl url = ObjectStoreUrl.parse("-f", "s3://AK%40:a+b%2Fc%25:d@e@r/b");

        assertThat(url.accessKey()).isEqualTo("AK@");
        assertThat(url.secretKey()).isEqualTo("a+b/c%:d@e");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    ''                            | is neither a file nor a URL of a store
                    TOPSECRET                     | is neither a file nor a URL of a store
                    /no/such/file                 | is neither a file nor a URL of a store
                    gs://TOPSECRET@b              | gs:// is no store that is supported
                    gs://b?keyfile=TOPSECRET      | gs:// is no store that is supported
                    file:///TOPSECRET             | file:// is no store that is supported
                    memory://TOPSECRET            | memory:// is no store that is supported
                    ipfs://K:TOPSECRET@pinata.cloud | ipfs:// is no store that is supported
                    w3s://TOPSECRET@id/path       | w3s:// is no store that is supported
                    s3://r/b                      | has no KEY:SECRET@
                    s3://TOPSECRET@r/b            | has no KEY:SECRET@
                    s3://K:TOP/SECRET@r/b         | has no KEY:SECRET@, in which / is written as %2F
                    s3://r:1/K:TOPSECRET@b        | has no KEY:SECRET@
                    s3://:TOPSECRET@r/b           | must have a KEY of printable
                    s3://K:@r/b                   | must have a SECRET of printable
                    s3://K:TOPSECRET%@r/b         | has a % in its SECRET that is not written as %25
                    s3://K:TOPSECRET%zz@r/b       | has a % in its SECRET that is not written as %25
                    s3://K:TOP SECRET@r/b         | must have a SECRET of printable
                    s3://K:TOPSECRET%0A@r/b       | must have a SECRET of printable
                    s3://K:TOPSECRET@/b           | has no REGION
                    s3://K:TOPSECRET@host:1/b     | has no REGION
                    s3+https://K:TOPSECRET@/b     | has no HOST
                    s3+https://K:TOPSECRET@h:99999/b | has no HOST
                    s3+https://K:TOPSECRET@h:x/b  | has no HOST
                    s3+https://K:TOPSECRET@-/b    | has no HOST
                    s3://K:TOPSECRET@r            | has no BUCKET
                    s3://K:TOPSECRET@r/           | has no BUCKET
                    s3://K:TOPSECRET@r//p         | has no BUCKET
                    s3://K:TOPSECRET@r/b/a//p     | has a PREFIX of other than
                    s3://K:TOPSECRET@r/b/../p     | has a PREFIX of other than
                    s3://K:TOPSECRET@r/b/a%20b    | has a PREFIX of other than
                    s3://K:TOPSECRET@r/b?x        | must have no ? and no #
                    s3://K:TOP#SECRET@r/b         | must have no ? and no #
                    """)
    void whatIsWrongIsSaidWithoutTheSecret(String text, String problem) {
        assertThatThrownBy(() -> ObjectStoreUrl.read("-objectStore", text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("-objectStore ")
                .hasMessageContaining(problem)
                .hasMessageContaining("give s3://KEY:SECRET@REGION/BUCKET[/PREFIX], s3+https://")
                .hasMessageNotContainingAny("TOP", "keyfile", "pinata", "%zz")
                .hasNoCause();
    }

    @Test
    void aFileMayHaveTheUrl() throws IOException {
        Path file = folder.resolve("store");
        Files.writeString(file, "\n s3://K:S@r/b \n");

        assertThat(ObjectStoreUrl.read("-objectStore", file.toString()))
                .isEqualTo(ObjectStoreUrl.parse("-objectStore", "s3://K:S@r/b"));
        Files.writeString(file, "");
        assertThatThrownBy(() -> ObjectStoreUrl.read("-objectStore", file.toString()))
                .hasMessageStartingWith("-objectStore is neither a file nor a URL of a store");
        assertThatThrownBy(() -> ObjectStoreUrl.read("-objectStore", folder.toString()))
                .hasMessageStartingWith("-objectStore names a directory");
    }

    @Test
    void asTextItHasNoCredentials() {
        assertThat(ObjectStoreUrl.parse("-f", "s3+http://AKEY:SHH@h/b/p"))
                .hasToString("ObjectStoreUrl[http://h/b/p]");
    }
}

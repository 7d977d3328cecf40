package org.livepeer.flink.connectors.edge.objectstore;

import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An object store as {@code -objectStore} names it, in go-livepeer's two forms for S3 (go-tools
 * {@code drivers.ParseOSURL}). Neither its text form nor an error has the credentials.
 *
 * @param base of the objects' URLs, without a slash at its end
 * @param endpoint of a store that speaks S3; null for S3 itself
 * @param prefix begins every key as it stands: whoever wants a folder ends it with a slash
 */
public record ObjectStoreUrl(
        String base,
        @Nullable URI endpoint,
        String region,
        String bucket,
        String prefix,
        String accessKey,
        String secretKey) {
    private static final Pattern URL =
            Pattern.compile(
                    "([A-Za-z][A-Za-z0-9+.-]*)://([^/?#]*)([^?#]*)([?#].*)?", Pattern.DOTALL);
    private static final Pattern HOST =
            Pattern.compile("([A-Za-z0-9.-]+|\\[[0-9A-Fa-f:.]+])(:\\d{1,5})?");
    private static final Pattern REGION = Pattern.compile("[a-z0-9-]+");
    private static final Pattern BUCKET = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");
    private static final Pattern PREFIX =
            Pattern.compile("(?:(?!\\.{1,2}/)[A-Za-z0-9._~=-]+/)*[A-Za-z0-9._~=-]*");
    private static final String ANY_REGION = "us-east-1";
    private static final String FORMS =
            "s3://KEY:SECRET@REGION/BUCKET[/PREFIX], s3+https:// or"
                    + " s3+http://KEY:SECRET@HOST[:PORT]/BUCKET[/PREFIX]";

    /**
     * The URL in the file of that name; the text itself when there is no such file.
     *
     * @param flag that gave it, for errors
     * @throws IOException when there is such a file and it cannot be read
     * @throws IllegalArgumentException when it is no URL of a store that can be written to
     */
    public static ObjectStoreUrl read(String flag, String given) throws IOException {
        Path file;
        try {
            file = Path.of(given);
        } catch (InvalidPathException e) {
            return parse(flag, given);
        }
        if (given.isEmpty() || !Files.exists(file)) {
            return parse(flag, given);
        }
        if (Files.isDirectory(file)) {
            throw refused(flag, "names a directory, which no gateway can fetch from");
        }
        return parse(flag, Files.readString(file, StandardCharsets.UTF_8).strip());
    }

    /**
     * Reads a URL.
     *
     * @throws IllegalArgumentException saying what is wrong, but nothing of the URL behind its
     *     scheme
     */
    public static ObjectStoreUrl parse(String flag, String text) {
        Matcher url = URL.matcher(text);
        if (!url.matches()) {
            throw refused(flag, "is neither a file nor a URL of a store");
        }
        String scheme = url.group(1).toLowerCase(Locale.ROOT);
        boolean isS3 = scheme.equals("s3");
        if (!isS3 && !scheme.equals("s3+http") && !scheme.equals("s3+https")) {
            throw refused(flag, scheme + ":// is no store that is supported");
        }
        if (url.group(4) != null) {
            throw refused(flag, "must have no ? and no #");
        }
        String authority = url.group(2);
        int at = authority.lastIndexOf('@');
        int colon = authority.indexOf(':');
        if (at < 0 || colon < 0 || colon > at) {
            throw refused(flag, "has no KEY:SECRET@, in which / is written as %2F");
        }
        String host = authority.substring(at + 1);
        if (!(isS3 ? REGION : HOST).matcher(host).matches()) {
            throw refused(flag, isS3 ? "has no REGION" : "has no HOST");
        }
        String path = url.group(3).isEmpty() ? "" : url.group(3).substring(1);
        int slash = path.indexOf('/');
        String bucket = slash < 0 ? path : path.substring(0, slash);
        String prefix = slash < 0 ? "" : path.substring(slash + 1);
        if (!BUCKET.matcher(bucket).matches()) {
            throw refused(flag, "has no BUCKET of A-Z a-z 0-9 . _ -");
        }
        if (!PREFIX.matcher(prefix).matches()) {
            throw refused(flag, "has a PREFIX of other than A-Z a-z 0-9 . _ ~ = - /");
        }
        URI endpoint = isS3 ? null : endpoint(flag, scheme.substring("s3+".length()), host);
        return new ObjectStoreUrl(
                endpoint == null
                        ? "https://" + bucket + ".s3.amazonaws.com"
                        : endpoint + "/" + bucket,
                endpoint,
                isS3 ? host : regionOf(host),
                bucket,
                prefix,
                credential(flag, "KEY", authority.substring(0, colon)),
                credential(flag, "SECRET", authority.substring(colon + 1, at)));
    }

    private static URI endpoint(String flag, String scheme, String host) {
        URI endpoint;
        try {
            endpoint = URI.create(scheme + "://" + host);
        } catch (IllegalArgumentException e) {
            throw refused(flag, "has no HOST");
        }
        if (endpoint.getHost() == null || endpoint.getPort() > 65_535) {
            throw refused(flag, "has no HOST");
        }
        return endpoint;
    }

    /** go-livepeer's guess out of a host's name, but for addresses, of which it takes a number. */
    private static String regionOf(String host) {
        String name = host.replaceFirst(":\\d*$", "");
        String[] labels = name.split("\\.", -1);
        boolean isAddress = name.startsWith("[") || name.matches("[0-9.]+");
        return labels.length < 4 || isAddress || labels[1].isEmpty() ? ANY_REGION : labels[1];
    }

    private static String credential(String flag, String what, String written) {
        String text;
        try {
            text = URLDecoder.decode(written.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw refused(flag, "has a % in its " + what + " that is not written as %25");
        }
        if (text.isEmpty() || !text.chars().allMatch(c -> c > 0x20 && c < 0x7f)) {
            throw refused(flag, "must have a " + what + " of printable ASCII characters");
        }
        return text;
    }

    private static IllegalArgumentException refused(String flag, String why) {
        return new IllegalArgumentException(flag + " " + why + ": give " + FORMS);
    }

    /** Where the objects go, for people. */
    public String place() {
        return base + "/" + prefix;
    }

    @Override
    public String toString() {
        return "ObjectStoreUrl[" + place() + "]";
    }
}

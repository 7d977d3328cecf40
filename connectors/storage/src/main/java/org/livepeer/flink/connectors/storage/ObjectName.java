package org.livepeer.flink.connectors.storage;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.regex.Pattern;
import org.livepeer.flink.operators.Reason;

/**
 * Names of objects: 32 random bytes in base64url without padding, 43 characters. Knowing a name is
 * the right to read the object.
 */
public final class ObjectName {
    // The 43rd character carries four bits: two encodings of one name would be two names.
    private static final Pattern SHAPE = Pattern.compile("[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]");
    private static final SecureRandom RANDOM = new SecureRandom();

    private ObjectName() {}

    /** A new name that nobody can guess. */
    public static String random() {
        byte[] bytes = new byte[32];
        RANDOM.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** Whether a name is of the shape that the store gives out. */
    public static boolean isValid(String name) {
        return SHAPE.matcher(name).matches();
    }

    static String checked(String name) throws StoreException {
        if (!isValid(name)) {
            throw new StoreException(
                    Reason.InvalidReference,
                    "the reference's name is none that a segment store gives out: it must be 32"
                            + " random bytes in base64url without padding (43 characters), never a"
                            + " path or a URL");
        }
        return name;
    }
}

package org.livepeer.flink.operators.wire;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Versions as gateways compare them: three numbers; what stands behind them does not count. */
public final class ProtocolVersion {
    private static final Pattern FORM =
            Pattern.compile(
                    "v?(\\d{1,9})(?:\\.(\\d{1,9}))?(?:\\.(\\d{1,9}))?(?:-[0-9A-Za-z.-]+)?"
                            + "(?:\\+[0-9A-Za-z.-]+)?");

    private ProtocolVersion() {}

    /** A least version that is empty or cannot be read asks for nothing. */
    public static boolean isAtLeast(String version, String least) {
        Matcher wanted = FORM.matcher(least);
        if (!wanted.matches()) {
            return true;
        }
        Matcher offered = FORM.matcher(version);
        if (!offered.matches()) {
            return false;
        }
        for (int i = 1; i <= 3; i++) {
            int difference = Integer.compare(number(offered, i), number(wanted, i));
            if (difference != 0) {
                return difference > 0;
            }
        }
        return true;
    }

    private static int number(Matcher version, int group) {
        String text = version.group(group);
        return text == null ? 0 : Integer.parseInt(text);
    }
}

package org.livepeer.flink.connectors.edge.upload;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** An HTTP/1.1 answer read from a socket whose other end may break off afterwards. */
record RawAnswer(int status, String body) {
    static RawAnswer read(InputStream in) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        String text = "";
        for (int b = in.read(); b >= 0; b = in.read()) {
            bytes.write(b);
            text = bytes.toString(StandardCharsets.UTF_8);
            int end = text.indexOf("\r\n\r\n");
            if (end >= 0 && text.length() - end - 4 >= length(text.substring(0, end))) {
                break;
            }
        }
        int end = text.indexOf("\r\n\r\n");
        if (end < 0) {
            throw new IOException("no answer, but '" + text + "'");
        }
        return new RawAnswer(Integer.parseInt(text.substring(9, 12)), text.substring(end + 4));
    }

    private static int length(String head) {
        return head.lines()
                .filter(
                        line ->
                                line.toLowerCase(java.util.Locale.ROOT)
                                        .startsWith("content-length:"))
                .mapToInt(line -> Integer.parseInt(line.substring(15).strip()))
                .findFirst()
                .orElse(0);
    }
}

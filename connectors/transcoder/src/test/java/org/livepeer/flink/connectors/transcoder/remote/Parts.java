package org.livepeer.flink.connectors.transcoder.remote;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.livepeer.flink.connectors.transcoder.remote.OrchestratorDouble.Post;

/** Takes a multipart body apart. */
final class Parts {
    /** One part; headers in their order. */
    record Part(Map<String, String> headers, byte[] body) {}

    private Parts() {}

    static List<Part> of(Post post) {
        String boundary =
                String.valueOf(post.headers().get("content-type")).replaceFirst(".*boundary=", "");
        String all = new String(post.body(), StandardCharsets.ISO_8859_1);
        List<Part> parts = new ArrayList<>();
        int at = ("--" + boundary).length();
        while (all.startsWith("\r\n", at)) {
            int body = all.indexOf("\r\n\r\n", at) + 4;
            Map<String, String> headers = new LinkedHashMap<>();
            for (String line : all.substring(at + 2, body - 4).split("\r\n")) {
                headers.put(line.split(": ")[0], line.split(": ")[1]);
            }
            int end = body + Integer.parseInt(headers.get("Content-Length"));
            parts.add(
                    new Part(
                            headers,
                            all.substring(body, end).getBytes(StandardCharsets.ISO_8859_1)));
            if (!all.startsWith("\r\n--" + boundary, end)) {
                throw new AssertionError("no boundary behind part " + parts.size());
            }
            at = end + ("\r\n--" + boundary).length();
        }
        if (!all.substring(at).equals("--\r\n")) {
            throw new AssertionError("the body does not end with its boundary");
        }
        return parts;
    }
}

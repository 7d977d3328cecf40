package org.livepeer.flink.connectors.edge.http;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.file.HttpFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Properties;

/** The page at {@code /} and its parts, all from the class path. */
public final class PageAssets {
    private static final String HLS_VERSION =
            "META-INF/maven/org.webjars.npm/hls.js/pom.properties";
    private static final MediaType SCRIPT = MediaType.parse("text/javascript; charset=utf-8");
    private static final MediaType SVG = MediaType.parse("image/svg+xml");
    private static final Map<String, MediaType> PARTS =
            Map.of(
                    "page.css", MediaType.CSS_UTF_8,
                    "page.js", SCRIPT,
                    "dom.js", SCRIPT,
                    "edge.js", SCRIPT,
                    "format.js", SCRIPT,
                    "history.js", SCRIPT,
                    "player.js", SCRIPT,
                    "tables.js", SCRIPT,
                    "tickets.js", SCRIPT,
                    "icon.svg", SVG);

    private PageAssets() {}

    /** Binds the page and everything it loads. */
    public static void bind(ServerBuilder server) {
        bind(server, "/", "web/index.html", MediaType.HTML_UTF_8);
        PARTS.forEach((name, type) -> bind(server, "/assets/" + name, "web/" + name, type));
        String dist = "META-INF/resources/webjars/hls.js/" + hlsVersion() + "/dist/";
        bind(server, "/assets/hls.js", dist + "hls.min.js", SCRIPT);
        bind(server, "/assets/hls.worker.js", dist + "hls.worker.js", SCRIPT);
    }

    private static void bind(ServerBuilder server, String path, String resource, MediaType type) {
        HttpFile file =
                HttpFile.builder(PageAssets.class.getClassLoader(), resource)
                        .setHeader(HttpHeaderNames.CONTENT_TYPE, type)
                        .setHeader(HttpHeaderNames.CACHE_CONTROL, "no-cache")
                        .build();
        server.service(path, file.asService());
    }

    private static String hlsVersion() {
        try (InputStream in = PageAssets.class.getClassLoader().getResourceAsStream(HLS_VERSION)) {
            if (in == null) {
                throw new IllegalStateException(
                        "hls.js is not on the class path: add org.webjars.npm:hls.js");
            }
            Properties properties = new Properties();
            properties.load(in);
            return properties.getProperty("version");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + HLS_VERSION, e);
        }
    }
}

package org.livepeer.flink.jobs;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Names of metrics: those that a deployment has, and those that dashboards and alerts use. */
public final class Metrics {
    private static final Pattern USED = Pattern.compile("\\b(flink|livepeer|jvm)_\\w+");

    private Metrics() {}

    /** Names on the Prometheus pages of these ports. */
    public static Set<String> scraped(Collection<Integer> ports, String token) throws Exception {
        HttpClient http = HttpClient.newHttpClient();
        Set<String> names = new TreeSet<>();
        for (int port : ports) {
            try {
                http.send(
                                HttpRequest.newBuilder(
                                                URI.create("http://127.0.0.1:" + port + "/metrics"))
                                        .header("Authorization", "Bearer " + token)
                                        .build(),
                                HttpResponse.BodyHandlers.ofLines())
                        .body()
                        .filter(line -> !line.startsWith("#") && !line.isBlank())
                        .forEach(line -> names.add(line.split("[ {]")[0]));
            } catch (IOException e) {
                // A process that has ended has no page.
            }
        }
        return names;
    }

    /** Names in the dashboards and alerts of {@code docker}, of the orchestrator job. */
    static Set<String> used() throws IOException {
        return used("grafana/job.json", "grafana/workers.json", "prometheus/alerts.yml");
    }

    /** Names in files of {@code docker}. */
    public static Set<String> used(String... files) throws IOException {
        Set<String> names = new TreeSet<>();
        for (String file : files) {
            Matcher found = USED.matcher(Files.readString(Path.of("../docker").resolve(file)));
            while (found.find()) {
                names.add(found.group());
            }
        }
        return names;
    }
}

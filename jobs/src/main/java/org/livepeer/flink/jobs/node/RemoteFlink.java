package org.livepeer.flink.jobs.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A Flink cluster's REST interface, as far as submitting a job needs it. */
public final class RemoteFlink {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int NO_LEADER = 503;

    /** States that a job does not leave. */
    public static final Set<String> ENDED = Set.of("FAILED", "CANCELED", "FINISHED");

    private final List<URI> addresses;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

    /**
     * @param urls REST addresses of the JobManagers, several with commas
     * @throws IllegalArgumentException when one is no URL
     */
    public RemoteFlink(String urls) {
        addresses = urls(urls);
    }

    /** Checks and parts the addresses. */
    static List<URI> urls(String text) {
        return Arrays.stream(text.split(",")).map(String::strip).map(RemoteFlink::url).toList();
    }

    private static URI url(String text) {
        URI uri = URI.create(text);
        if (!Set.of("http", "https").contains(String.valueOf(uri.getScheme()))
                || uri.getHost() == null) {
            throw new IllegalArgumentException(
                    "-flink " + text + " must be a URL such as http://127.0.0.1:8081");
        }
        return uri;
    }

    /**
     * Runs an uploaded jar.
     *
     * @param jarId from {@link #upload}
     * @param parallelism subtasks of each operator; 0 for the cluster's default
     * @param savepoint to begin from; null for none. State without an operator is refused.
     * @return the job's id
     * @throws IllegalStateException when the cluster does not answer or refuses, with its reason
     */
    public String run(
            String jarId, int parallelism, @Nullable String savepoint, String... arguments)
            throws IOException, InterruptedException {
        return run(jarId, "", parallelism, savepoint, arguments);
    }

    /**
     * The same.
     *
     * @param mainClass whose main is run; empty for the jar's own
     */
    public String run(
            String jarId,
            String mainClass,
            int parallelism,
            @Nullable String savepoint,
            String... arguments)
            throws IOException, InterruptedException {
        ObjectNode body = JSON.createObjectNode();
        if (!mainClass.isEmpty()) {
            body.put("entryClass", mainClass);
        }
        if (parallelism > 0) {
            body.put("parallelism", parallelism);
        }
        if (savepoint != null) {
            body.put("savepointPath", savepoint);
            body.put("allowNonRestoredState", false);
        }
        ArrayNode list = body.putArray("programArgsList");
        for (String argument : arguments) {
            list.add(argument);
        }
        return post("/jars/" + jarId + "/run", body).path("jobid").asText();
    }

    /**
     * Writes a savepoint of a job that goes on.
     *
     * @return its place
     * @throws IllegalStateException when it cannot be written, with the cluster's reason
     */
    public String savepoint(String job) throws IOException, InterruptedException {
        ObjectNode body = JSON.createObjectNode();
        body.put("cancel-job", false).put("formatType", "NATIVE");
        String trigger = post("/jobs/" + job + "/savepoints", body).path("request-id").asText();
        String path = "/jobs/" + job + "/savepoints/" + trigger;
        while (true) {
            JsonNode answer = send(path, request -> request);
            if (answer.path("status").path("id").asText().equals("COMPLETED")) {
                JsonNode operation = answer.path("operation");
                if (operation.hasNonNull("failure-cause")) {
                    throw new IllegalStateException(
                            "Flink wrote no savepoint: "
                                    + operation
                                            .path("failure-cause")
                                            .path("stack-trace")
                                            .asText()
                                            .lines()
                                            .findFirst()
                                            .orElse("no reason given"));
                }
                return operation.path("location").asText();
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    private JsonNode post(String path, ObjectNode body) throws IOException, InterruptedException {
        return send(
                path,
                request ->
                        request.header("Content-Type", "application/json")
                                .POST(BodyPublishers.ofString(body.toString())));
    }

    /** The state of a job: RUNNING, FAILED and so on. */
    public String state(String job) throws IOException, InterruptedException {
        return send("/jobs/" + job + "/status", request -> request).path("status").asText();
    }

    /** The job of that name that has not ended, if there is one. */
    public Optional<String> running(String name) throws IOException, InterruptedException {
        JsonNode jobs = send("/jobs/overview", request -> request);
        for (JsonNode job : jobs.path("jobs")) {
            boolean over = ENDED.contains(job.path("state").asText());
            if (!over && job.path("name").asText().equals(name)) {
                return Optional.of(job.path("jid").asText());
            }
        }
        return Optional.empty();
    }

    /**
     * Waits until a job runs.
     *
     * @throws IllegalStateException when it ended instead, or does not run within a minute
     */
    public void awaitRunning(String job) throws IOException, InterruptedException {
        long end = System.nanoTime() + Duration.ofMinutes(1).toNanos();
        String state = "";
        while (System.nanoTime() < end) {
            state = send("/jobs/" + job + "/status", request -> request).path("status").asText();
            if (state.equals("RUNNING")) {
                return;
            }
            if (ENDED.contains(state)) {
                break;
            }
            TimeUnit.MILLISECONDS.sleep(200);
        }
        throw notUp(job, state);
    }

    /**
     * Waits until each subtask of a job is in one of these states. What Flink tells of subtasks is
     * up to {@code web.refresh-interval} old.
     *
     * @throws IllegalStateException when the job ended instead, or that takes over a minute
     */
    public void awaitTasks(String job, Set<String> states)
            throws IOException, InterruptedException {
        long end = System.nanoTime() + Duration.ofMinutes(1).toNanos();
        String state = "";
        while (System.nanoTime() < end && !ENDED.contains(state)) {
            JsonNode details = send("/jobs/" + job, request -> request);
            state = details.path("state").asText();
            if (state.equals("RUNNING") && areAll(details.path("vertices"), states)) {
                return;
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
        throw notUp(job, state);
    }

    private static boolean areAll(JsonNode vertices, Set<String> states) {
        for (JsonNode vertex : vertices) {
            int there = 0;
            for (String state : states) {
                there += vertex.path("tasks").path(state).asInt();
            }
            if (there < vertex.path("parallelism").asInt()) {
                return false;
            }
        }
        return !vertices.isEmpty();
    }

    /** Stops a job without a savepoint. */
    public void cancel(String job) throws IOException, InterruptedException {
        send(
                "/jobs/" + job + "?mode=cancel",
                request -> request.method("PATCH", BodyPublishers.noBody()));
    }

    private IllegalStateException notUp(String job, String state) {
        return new IllegalStateException(
                "job "
                        + job
                        + " is "
                        + state
                        + " at "
                        + addresses
                        + ": its page in Flink's UI says why; it needs a slot for each parallel"
                        + " subtask");
    }

    /**
     * Uploads a job jar.
     *
     * @return its id for {@link #run}
     * @throws IllegalStateException when there is no such jar
     */
    public String upload(Path jar) throws IOException, InterruptedException {
        if (!Files.exists(jar)) {
            throw new IllegalStateException(
                    "the job jar " + jar + " is missing: start livepeer from its distribution");
        }
        String boundary = "livepeer-" + UUID.randomUUID();
        byte[] head =
                ("--"
                                + boundary
                                + "\r\nContent-Disposition: form-data; name=\"jarfile\";"
                                + " filename=\"orchestrator-job.jar\"\r\n"
                                + "Content-Type: application/x-java-archive\r\n\r\n")
                        .getBytes(StandardCharsets.UTF_8);
        byte[] tail = ("\r\n--" + boundary + "--\r\n").getBytes(StandardCharsets.UTF_8);
        HttpRequest.BodyPublisher body =
                BodyPublishers.concat(
                        BodyPublishers.ofByteArray(head),
                        BodyPublishers.ofFile(jar),
                        BodyPublishers.ofByteArray(tail));
        String type = "multipart/form-data; boundary=" + boundary;
        JsonNode answer =
                send("/jars/upload", request -> request.header("Content-Type", type).POST(body));
        String file = answer.path("filename").asText();
        return file.substring(file.lastIndexOf('/') + 1);
    }

    /** Asks each JobManager in turn, again while none of them leads. */
    private JsonNode send(String path, UnaryOperator<HttpRequest.Builder> more)
            throws IOException, InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            IOException last = null;
            for (URI address : addresses) {
                try {
                    HttpRequest.Builder request =
                            HttpRequest.newBuilder(address.resolve(path))
                                    .timeout(Duration.ofSeconds(60));
                    HttpResponse<String> response =
                            http.send(
                                    more.apply(request).build(),
                                    HttpResponse.BodyHandlers.ofString());
                    if (response.statusCode() != NO_LEADER) {
                        return answer(address, response);
                    }
                } catch (IOException e) {
                    last = e;
                }
            }
            if (System.nanoTime() > end) {
                throw new IllegalStateException(
                        "no Flink JobManager that leads answers at "
                                + addresses
                                + ": start one, or leave -flink out",
                        last);
            }
            TimeUnit.MILLISECONDS.sleep(250);
        }
    }

    private static JsonNode answer(URI address, HttpResponse<String> response) throws IOException {
        JsonNode body = JSON.readTree(response.body());
        if (response.statusCode() / 100 != 2) {
            String error = body.path("errors").path(0).asText(response.body());
            String cause =
                    error.lines()
                            .filter(line -> line.contains("Exception:"))
                            .reduce((a, b) -> b)
                            .orElse(error.lines().findFirst().orElse("no reason given"));
            throw new IllegalStateException("Flink at " + address + " refused: " + cause);
        }
        return body;
    }
}

package org.livepeer.flink.jobs.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Flink's REST interface, over several JobManagers of which one leads. */
public final class FlinkRest {
    private final RestConnection connection;

    /**
     * @param addresses as {@code http://127.0.0.1:8081}
     */
    public FlinkRest(List<String> addresses) {
        connection = new RestConnection(addresses, Duration.ofSeconds(20));
    }

    /** No JobManager answered, or one refused; the message has its words. */
    public static final class FlinkRestException extends RuntimeException {
        FlinkRestException(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /**
     * Uploads a job jar.
     *
     * @return the id for {@link #run}
     */
    public String upload(Path jar) {
        String boundary = UUID.randomUUID().toString();
        String head =
                "--"
                        + boundary
                        + "\r\nContent-Disposition: form-data; name=\"jarfile\"; filename=\""
                        + jar.getFileName()
                        + "\"\r\nContent-Type: application/java-archive\r\n\r\n";
        String tail = "\r\n--" + boundary + "--\r\n";
        try {
            JsonNode answer =
                    connection.post(
                            "/jars/upload",
                            "multipart/form-data; boundary=" + boundary,
                            BodyPublishers.ofByteArrays(
                                    List.of(
                                            head.getBytes(StandardCharsets.UTF_8),
                                            Files.readAllBytes(jar),
                                            tail.getBytes(StandardCharsets.UTF_8))));
            String file = answer.path("filename").asText();
            return file.substring(file.lastIndexOf('/') + 1);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the job jar " + jar, e);
        }
    }

    /**
     * Starts a job.
     *
     * @param jarId from {@link #upload}
     * @param entryClass null for the jar's main class
     * @param savepoint to begin from; null for none. State without an operator is refused.
     * @return the job's id
     */
    public String run(
            String jarId,
            @Nullable String entryClass,
            List<String> arguments,
            int parallelism,
            @Nullable String savepoint) {
        ObjectNode body = RestConnection.object();
        if (entryClass != null) {
            body.put("entryClass", entryClass);
        }
        ArrayNode list = body.putArray("programArgsList");
        arguments.forEach(list::add);
        body.put("parallelism", parallelism);
        if (savepoint != null) {
            body.put("savepointPath", savepoint);
            body.put("allowNonRestoredState", false);
        }
        return connection.post("/jars/" + jarId + "/run", body).path("jobid").asText();
    }

    /** Job id to state, of all jobs that are known. */
    public Map<String, String> jobs() {
        Map<String, String> jobs = new LinkedHashMap<>();
        connection
                .get("/jobs")
                .path("jobs")
                .forEach(job -> jobs.put(job.path("id").asText(), job.path("status").asText()));
        return jobs;
    }

    /** RUNNING, RESTARTING, FAILED, FINISHED, CANCELED and so on; of now, not from a cache. */
    public String state(String jobId) {
        return connection.get("/jobs/" + jobId + "/status").path("status").asText();
    }

    /** Restarts since the leading JobManager took the job over; up to a second old. */
    public int restarts(String jobId) {
        JsonNode metric = connection.get("/jobs/" + jobId + "/metrics?get=numRestarts");
        return metric.path(0).path("value").asInt();
    }

    /** The failures that the job had, newest first: the first line of each stack trace. */
    public List<String> exceptions(String jobId) {
        return connection
                .get("/jobs/" + jobId + "/exceptions?maxExceptions=50")
                .path("exceptionHistory")
                .path("entries")
                .findValuesAsText("stacktrace")
                .stream()
                .map(trace -> trace.lines().findFirst().orElse(""))
                .toList();
    }

    /** Counts, sizes and times of checkpoints, as Flink gives them. */
    public JsonNode checkpoints(String jobId) {
        return connection.get("/jobs/" + jobId + "/checkpoints");
    }

    /** Completed checkpoints since the leading JobManager took the job over. */
    public int completedCheckpoints(String jobId) {
        return checkpoints(jobId).path("counts").path("completed").asInt();
    }

    /** Any other path, as Flink gives it. */
    public JsonNode get(String path) {
        return connection.get(path);
    }

    public int taskManagers() {
        return connection.get("/taskmanagers").path("taskmanagers").size();
    }

    /** Cancels a job and keeps its newest checkpoint. */
    public void cancel(String jobId) {
        connection.patch("/jobs/" + jobId + "?mode=cancel");
    }

    /**
     * Writes a savepoint while the job goes on.
     *
     * @return its place
     */
    public String savepoint(String jobId) {
        ObjectNode body = RestConnection.object().put("cancel-job", false);
        return savepointOf(jobId, connection.post("/jobs/" + jobId + "/savepoints", body));
    }

    /**
     * Stops the job with a savepoint.
     *
     * @return its place
     */
    public String stop(String jobId) {
        ObjectNode body = RestConnection.object().put("drain", false);
        return savepointOf(jobId, connection.post("/jobs/" + jobId + "/stop", body));
    }

    private String savepointOf(String jobId, JsonNode trigger) {
        String path = "/jobs/" + jobId + "/savepoints/" + trigger.path("request-id").asText();
        while (true) {
            JsonNode answer = connection.get(path);
            if (answer.path("status").path("id").asText().equals("COMPLETED")) {
                JsonNode operation = answer.path("operation");
                if (operation.hasNonNull("failure-cause")) {
                    throw new FlinkRestException(
                            "no savepoint of "
                                    + jobId
                                    + ": "
                                    + operation.path("failure-cause").path("stack-trace").asText(),
                            null);
                }
                return operation.path("location").asText();
            }
            RestConnection.pause();
        }
    }
}

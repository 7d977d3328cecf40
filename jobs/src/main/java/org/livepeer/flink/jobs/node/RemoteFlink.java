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
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** A Flink cluster's REST interface, as far as submitting a job needs it. */
public final class RemoteFlink {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final URI address;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

    public RemoteFlink(URI address) {
        this.address = address;
    }

    /**
     * Uploads a job jar and runs it.
     *
     * @return the job's id
     * @throws IllegalStateException when the cluster does not answer or refuses, with its reason
     */
    public String submit(Path jar, String... arguments) throws IOException, InterruptedException {
        if (!Files.exists(jar)) {
            throw new IllegalStateException(
                    "the job jar " + jar + " is missing: start livepeer from its distribution");
        }
        String uploaded = upload(jar);
        ObjectNode body = JSON.createObjectNode();
        ArrayNode list = body.putArray("programArgsList");
        for (String argument : arguments) {
            list.add(argument);
        }
        JsonNode answer =
                send(
                        HttpRequest.newBuilder(address.resolve("/jars/" + uploaded + "/run"))
                                .header("Content-Type", "application/json")
                                .POST(BodyPublishers.ofString(body.toString())));
        return answer.path("jobid").asText();
    }

    /** The job of that name that has not ended, if there is one. */
    public Optional<String> running(String name) throws IOException, InterruptedException {
        JsonNode jobs = send(HttpRequest.newBuilder(address.resolve("/jobs/overview")));
        for (JsonNode job : jobs.path("jobs")) {
            boolean over =
                    Set.of("FAILED", "CANCELED", "FINISHED").contains(job.path("state").asText());
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
            state =
                    send(HttpRequest.newBuilder(address.resolve("/jobs/" + job + "/status")))
                            .path("status")
                            .asText();
            if (state.equals("RUNNING")) {
                return;
            }
            if (Set.of("FAILED", "CANCELED", "FINISHED").contains(state)) {
                break;
            }
            TimeUnit.MILLISECONDS.sleep(200);
        }
        throw new IllegalStateException(
                "job "
                        + job
                        + " is "
                        + state
                        + " at "
                        + address
                        + ": its page in Flink's UI says why; it needs a slot for each parallel"
                        + " subtask");
    }

    private String upload(Path jar) throws IOException, InterruptedException {
        String boundary = "livepeer-" + UUID.randomUUID();
        byte[] head =
                ("--"
                                + boundary
                                + "\r\nContent-Disposition: form-data; name=\"jarfile\";"
                                + " filename=\"orchestrator-job.jar\"\r\n"
                                + "Content-Type: application/x-java-archive\r\n\r\n")
                        .getBytes(StandardCharsets.UTF_8);
        byte[] tail = ("\r\n--" + boundary + "--\r\n").getBytes(StandardCharsets.UTF_8);
        JsonNode answer =
                send(
                        HttpRequest.newBuilder(address.resolve("/jars/upload"))
                                .header("Content-Type", "multipart/form-data; boundary=" + boundary)
                                .POST(
                                        BodyPublishers.concat(
                                                BodyPublishers.ofByteArray(head),
                                                BodyPublishers.ofFile(jar),
                                                BodyPublishers.ofByteArray(tail))));
        String file = answer.path("filename").asText();
        return file.substring(file.lastIndexOf('/') + 1);
    }

    private JsonNode send(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<String> response;
        try {
            response =
                    http.send(
                            request.timeout(Duration.ofSeconds(60)).build(),
                            HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new IllegalStateException(
                    "no Flink cluster answers at " + address + ": start one, or leave -flink out",
                    e);
        }
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

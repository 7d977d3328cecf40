package org.livepeer.flink.connectors.edge.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.QueryParams;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import org.apache.kafka.common.KafkaException;
import org.livepeer.flink.connectors.edge.history.Decision;
import org.livepeer.flink.connectors.edge.history.HistoryReader;
import org.livepeer.flink.connectors.edge.history.Past;
import org.livepeer.flink.connectors.edge.history.Subject;
import org.livepeer.flink.connectors.edge.http.Replies;
import org.livepeer.flink.connectors.edge.playback.ManifestId;
import org.livepeer.flink.schemas.Event;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code /api/history/account/ID} and {@code /api/history/stream/ID}: events, newest first. {@code
 * ?before=MS} goes back from an instant, {@code ?limit=N} takes up to so many.
 */
final class HistoryAnswers {
    private static final Logger LOG = LoggerFactory.getLogger(HistoryAnswers.class);
    private static final String ACCOUNT = "/account/";
    private static final String STREAM = "/stream/";
    private static final int LIMIT = 100;
    private static final int HIGHEST_LIMIT = 500;

    private final HistoryReader reader;

    HistoryAnswers(HistoryReader reader) {
        this.reader = reader;
    }

    /**
     * @param path what stands behind {@code /api/history}, decoded
     */
    HttpResponse answer(String path, QueryParams query) {
        Optional<Subject> subject = subject(path);
        if (subject.isEmpty()) {
            return Replies.text(
                    HttpStatus.NOT_FOUND,
                    "there are /api/history/stream/ID and /api/history/account/ACCOUNT, where an"
                            + " account is manifest:ID or sender:0xADDRESS");
        }
        long limit = query.getLong("limit", LIMIT);
        long before = query.getLong("before", 0);
        boolean readable = query.stream().allMatch(e -> e.getValue().matches("\\d{1,15}"));
        if (!readable || limit < 1 || limit > HIGHEST_LIMIT) {
            return Replies.text(
                    HttpStatus.BAD_REQUEST,
                    "limit is 1 to " + HIGHEST_LIMIT + ", before is in ms since the epoch");
        }
        OptionalLong instant =
                query.contains("before") ? OptionalLong.of(before) : OptionalLong.empty();
        return HttpResponse.of(
                reader.read(subject.get(), instant, (int) limit)
                        .thenApply(past -> Json.answer(json(past)))
                        .exceptionally(HistoryAnswers::failed));
    }

    private static Optional<Subject> subject(String path) {
        if (path.startsWith(STREAM)) {
            return ManifestId.parse(path.substring(STREAM.length())).map(Subject.Stream::new);
        }
        return Optional.of(path)
                .filter(p -> p.startsWith(ACCOUNT))
                .map(p -> p.substring(ACCOUNT.length()))
                .filter(id -> Json.ACCOUNT.matcher(id).matches())
                .map(Subject.Account::new);
    }

    private static HttpResponse failed(Throwable thrown) {
        Throwable cause =
                thrown instanceof CompletionException && thrown.getCause() != null
                        ? thrown.getCause()
                        : thrown;
        if (cause instanceof RejectedExecutionException) {
            return Replies.text(
                    HttpStatus.SERVICE_UNAVAILABLE,
                    "too many histories are being read: ask again in a few seconds");
        }
        if (cause instanceof KafkaException) {
            LOG.debug("history not read cause={}", cause.toString(), cause);
            return Replies.text(
                    HttpStatus.SERVICE_UNAVAILABLE,
                    "the history cannot be read from Kafka now: " + cause.getMessage());
        }
        LOG.warn("history not read cause={}", cause.toString(), cause);
        return Replies.text(
                HttpStatus.INTERNAL_SERVER_ERROR, "a fault of ours; the edge's log has more");
    }

    private static ObjectNode json(Past past) {
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        ArrayNode events = answer.putArray("events");
        past.decisions().forEach(decision -> events.add(json(decision)));
        if (past.olderBeforeMs().isPresent()) {
            answer.put("olderBeforeMs", past.olderBeforeMs().getAsLong());
        } else {
            answer.putNull("olderBeforeMs");
        }
        return answer.put("searched", past.searched());
    }

    private static ObjectNode json(Decision decision) {
        Event event = decision.event();
        ObjectNode row =
                JsonNodeFactory.instance
                        .objectNode()
                        .put("history", event.getStream())
                        .put("number", event.getSequence())
                        .put("attempt", event.getAttempt())
                        .put("atMs", event.getAtMs())
                        .put("appendedAtMs", decision.appendedAtMs())
                        .put("type", event.getType())
                        .put("reason", event.getReason())
                        .put("manifest", event.getManifestId())
                        .put("seq", event.getSeq())
                        .put("request", event.getRequestId())
                        .put("worker", event.getWorkerId());
        ObjectNode numbers = row.putObject("numbers");
        new TreeMap<>(event.getNumbers()).forEach(numbers::put);
        return row;
    }
}

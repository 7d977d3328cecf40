package org.livepeer.flink.connectors.edge.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.livepeer.flink.connectors.edge.feed.Tables;
import org.livepeer.flink.connectors.edge.feed.Tables.Beat;
import org.livepeer.flink.connectors.edge.playback.Picture;
import org.livepeer.flink.connectors.edge.playback.PlaylistWriter;
import org.livepeer.flink.connectors.edge.playback.PublishedSegment;
import org.livepeer.flink.connectors.edge.playback.StreamStatus;
import org.livepeer.flink.connectors.edge.playback.WindowView;
import org.livepeer.flink.schemas.AccountState;
import org.livepeer.flink.schemas.Lease;
import org.livepeer.flink.schemas.LedgerEntry;
import org.livepeer.flink.schemas.Liveness;
import org.livepeer.flink.schemas.Rational;
import org.livepeer.flink.schemas.SessionEntry;
import org.livepeer.flink.schemas.WorkerHeartbeat;

/** Rows as JSON. Wei and prices are strings, {@code NUM} or {@code NUM/DEN}, exact. */
final class Json {
    /** An account's name, as far as it can be one. */
    static final Pattern ACCOUNT = Pattern.compile("[A-Za-z0-9._~:-]{1,160}");

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private Json() {}

    /** An answer that no cache keeps. */
    static HttpResponse answer(JsonNode node) {
        return HttpResponse.of(
                ResponseHeaders.of(
                        HttpStatus.OK,
                        HttpHeaderNames.CONTENT_TYPE,
                        MediaType.JSON_UTF_8,
                        HttpHeaderNames.CACHE_CONTROL,
                        "no-store"),
                HttpData.ofUtf8(node.toString()));
    }

    static ObjectNode stream(StreamStatus status) {
        var counts = status.counts();
        ObjectNode row =
                NODES.objectNode()
                        .put("manifest", status.manifest().value())
                        .put("playlist", "/stream/" + status.manifest() + ".m3u8")
                        .put("playable", status.window().isPresent())
                        .put("lastSeq", counts.lastSeq())
                        .put("lastStatus", counts.lastStatus())
                        .put("lastAnswerAtMs", status.lastArrivalMs());
        row.putObject("segments")
                .put("ok", counts.published())
                .put("failed", counts.failed())
                .put("skipped", counts.skipped())
                .put("late", counts.late())
                .put("repeated", counts.repeated());
        ArrayNode renditions = row.putArray("renditions");
        status.window()
                .ifPresent(
                        view -> {
                            row.set("window", window(view));
                            PlaylistWriter.variants(view)
                                    .forEach(v -> renditions.add(rendition(status, v)));
                        });
        return row;
    }

    private static ObjectNode window(WindowView view) {
        List<PublishedSegment> segments = view.segments();
        return NODES.objectNode()
                .put("firstSeq", segments.get(0).seq())
                .put("segments", segments.size())
                .put("durationMs", segments.stream().mapToLong(PublishedSegment::durationMs).sum())
                .put("targetSeconds", view.targetSeconds());
    }

    private static ObjectNode rendition(StreamStatus status, PlaylistWriter.Variant variant) {
        Picture picture = variant.picture();
        return NODES.objectNode()
                .put("name", variant.name().value())
                .put("width", picture.width())
                .put("height", picture.height())
                .put("bitrate", picture.bitrate())
                .put("bandwidth", variant.peak())
                .put("averageBandwidth", variant.average())
                .put("codecs", picture.codecs())
                .put("frameRate", Math.round(picture.frameRate() * 1000) / 1000.0)
                .put("container", picture.container().extension())
                .put("playlist", "/stream/" + status.manifest() + "/" + variant.name() + ".m3u8");
    }

    /**
     * @param account the payer's row; empty when it is unknown or not for the caller
     */
    static ObjectNode session(SessionEntry entry, Optional<LedgerEntry> account) {
        Lease lease = entry.getLease();
        List<Integer> latencies = lease.getRecentLatencyMs().stream().sorted().toList();
        ObjectNode row = NODES.objectNode();
        account.ifPresent(a -> row.put("balance", exact(a.getState().getBalance())));
        return row.put("session", lease.getSessionId())
                .put("account", lease.getAccount())
                .put("manifest", lease.getManifestId())
                .put("worker", lease.getWorkerId())
                .put("pixelsPerSecond", lease.getLoadPixelsPerSecond())
                .put("startedAtMs", lease.getStartedAtMs())
                .put("lastActivityMs", lease.getLastActivityMs())
                .put("segments", lease.getSegments())
                .put("failures", lease.getFailures())
                .put("inFlight", entry.getInFlight())
                .put("parked", entry.getParked())
                .put("workMs", lease.getWorkMs())
                .put("playedMs", lease.getPlayedMs())
                .put("latencyP50Ms", quantile(latencies, 0.5))
                .put("latencyP99Ms", quantile(latencies, 0.99))
                .put("updatedAtMs", entry.getUpdatedAtMs());
    }

    private static int quantile(List<Integer> sorted, double q) {
        return sorted.isEmpty()
                ? 0
                : sorted.get((int) Math.min(sorted.size() - 1L, (long) (q * sorted.size())));
    }

    /**
     * @param sessions all of them; its own are its load
     */
    static ObjectNode worker(Beat beat, List<SessionEntry> sessions, long nowMs) {
        WorkerHeartbeat heartbeat = beat.heartbeat();
        List<Lease> own =
                sessions.stream()
                        .map(SessionEntry::getLease)
                        .filter(lease -> lease.getWorkerId().equals(heartbeat.getWorkerId()))
                        .toList();
        ObjectNode row =
                NODES.objectNode()
                        .put("worker", heartbeat.getWorkerId())
                        .put("host", heartbeat.getHost())
                        .put("version", heartbeat.getVersion())
                        .put("pixelsPerSecond", heartbeat.getCapacityPixelsPerSecond())
                        .put(
                                "loadPixelsPerSecond",
                                own.stream().mapToLong(Lease::getLoadPixelsPerSecond).sum())
                        .put("sessions", own.size())
                        .put("maxSessions", heartbeat.getMaxSessions())
                        .put("slots", heartbeat.getSlots())
                        .put("running", heartbeat.getRunning())
                        .put("queued", heartbeat.getQueued())
                        .put("draining", heartbeat.getDraining())
                        .put("silentMs", Math.max(0, nowMs - beat.seenAtMs()));
        heartbeat.getCapabilities().forEach(row.putArray("capabilities")::add);
        heartbeat.getDevices().forEach(row.putArray("devices")::add);
        return row;
    }

    /**
     * @param waitingFor what the edge waits for; empty for nothing
     */
    static ObjectNode job(Tables tables, String waitingFor, long nowMs) {
        ObjectNode row =
                NODES.objectNode()
                        .put("up", tables.jobMissing(nowMs).isEmpty())
                        .put("lastHeardAtMs", tables.jobSeenAtMs())
                        .put("silentAfterMs", Tables.JOB_SILENT_AFTER.toMillis())
                        .put("edgeWaitsFor", waitingFor)
                        .put("nowMs", nowMs);
        row.set("chain", tables.wins().head().map(MoneyJson::head).orElse(null));
        ArrayNode cells = row.putArray("cells");
        for (Liveness cell : tables.cells()) {
            cells.addObject()
                    .put("cell", cell.getCell())
                    .put("runningSinceMs", cell.getAttempt())
                    .put("workers", cell.getWorkers())
                    .put("sessions", cell.getSessions())
                    .put("inFlight", cell.getInFlight())
                    .put("parked", cell.getParked());
        }
        return row;
    }

    static ObjectNode account(LedgerEntry entry) {
        AccountState state = entry.getState();
        Rational price = state.getSessionPrice();
        return NODES.objectNode()
                .put("account", state.getAccount())
                .put("balance", exact(state.getBalance()))
                .put("reserved", exact(state.getReserved()))
                .put("fees", exact(state.getFees()))
                .put("expired", exact(state.getExpired()))
                .put("granted", exact(state.getGranted()))
                .put("ticketCredit", exact(state.getTicketCredit()))
                .put("creditLimit", exact(state.getCreditLimit()))
                .put("sessionPrice", price == null ? null : exact(price))
                .put("chargedSegments", state.getChargedSegments())
                .put("chargedPixels", state.getChargedPixels())
                .put("outstanding", state.getOutstanding())
                .put("events", state.getEventSequence())
                .put("updatedAtMs", state.getUpdatedAtMs());
    }

    private static String exact(Rational value) {
        BigInteger numerator = integer(value.getNumerator());
        BigInteger denominator = integer(value.getDenominator());
        return denominator.equals(BigInteger.ONE)
                ? numerator.toString()
                : numerator + "/" + denominator;
    }

    private static BigInteger integer(ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.duplicate().get(copy);
        return copy.length == 0 ? BigInteger.ZERO : new BigInteger(copy);
    }
}

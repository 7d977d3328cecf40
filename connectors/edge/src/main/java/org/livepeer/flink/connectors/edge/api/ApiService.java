package org.livepeer.flink.connectors.edge.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.AbstractHttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collector;
import org.livepeer.flink.connectors.edge.feed.Tables;
import org.livepeer.flink.connectors.edge.http.Replies;
import org.livepeer.flink.connectors.edge.playback.StreamCatalog;
import org.livepeer.flink.connectors.edge.upload.Gate;

/** JSON under {@code /api/}. Balances pass the {@link Gate}, the rest is for everybody. */
public final class ApiService extends AbstractHttpService {
    private static final Pattern ACCOUNT = Pattern.compile("[A-Za-z0-9._~:-]{1,160}");
    private static final String LEDGER = "/ledger/";

    private final StreamCatalog catalog;
    private final Tables tables;
    private final Gate gate;

    public ApiService(StreamCatalog catalog, Tables tables, Gate gate) {
        this.catalog = catalog;
        this.tables = tables;
        this.gate = gate;
    }

    @Override
    protected HttpResponse doGet(ServiceRequestContext ctx, HttpRequest req) {
        long now = System.currentTimeMillis();
        String path = ctx.mappedPath();
        return switch (path) {
            case "/streams" ->
                    json(catalog.streams().stream().map(Json::stream).collect(toArray()));
            case "/sessions" ->
                    json(tables.sessions().stream().map(Json::session).collect(toArray()));
            case "/workers" ->
                    json(
                            tables.workers(now).stream()
                                    .map(beat -> Json.worker(beat, now))
                                    .collect(toArray()));
            case "/job" -> json(Json.job(tables, now));
            default ->
                    path.startsWith(LEDGER)
                            ? gate.refusal(ctx, req.headers())
                                    .orElseGet(
                                            () ->
                                                    account(
                                                            ctx.decodedMappedPath()
                                                                    .substring(LEDGER.length())))
                            : Replies.text(
                                    HttpStatus.NOT_FOUND,
                                    "there are /api/streams, /api/sessions, /api/workers, /api/job and"
                                            + " /api/ledger/ACCOUNT");
        };
    }

    private HttpResponse account(String account) {
        if (!ACCOUNT.matcher(account).matches()) {
            return Replies.text(
                    HttpStatus.NOT_FOUND, "an account is manifest:ID or sender:0xADDRESS");
        }
        Optional<JsonNode> row = tables.account(account).map(Json::account);
        return row.map(ApiService::json)
                .orElseGet(
                        () ->
                                Replies.text(
                                        HttpStatus.NOT_FOUND,
                                        "the ledger has no account " + account));
    }

    private static <T extends JsonNode> Collector<T, ?, ArrayNode> toArray() {
        return Collector.of(JsonNodeFactory.instance::arrayNode, ArrayNode::add, ArrayNode::addAll);
    }

    private static HttpResponse json(JsonNode node) {
        return HttpResponse.of(
                ResponseHeaders.of(
                        HttpStatus.OK,
                        HttpHeaderNames.CONTENT_TYPE,
                        MediaType.JSON_UTF_8,
                        HttpHeaderNames.CACHE_CONTROL,
                        "no-store"),
                HttpData.ofUtf8(node.toString()));
    }
}

package org.livepeer.flink.connectors.edge.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.server.AbstractHttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collector;
import org.livepeer.flink.connectors.edge.feed.Tables;
import org.livepeer.flink.connectors.edge.history.HistoryReader;
import org.livepeer.flink.connectors.edge.http.Replies;
import org.livepeer.flink.connectors.edge.playback.StreamCatalog;
import org.livepeer.flink.connectors.edge.upload.Gate;

/**
 * JSON under {@code /api/}. Whatever tells money passes the {@link Gate}: balances, histories,
 * winning tickets, and the balance in a session's row, which is left out for others. The rest is
 * for everybody.
 */
public final class ApiService extends AbstractHttpService {
    private static final String LEDGER = "/ledger/";
    private static final String HISTORY = "/history";
    private static final String TICKETS = "/tickets";

    private final StreamCatalog catalog;
    private final Tables tables;
    private final HistoryAnswers history;
    private final Gate gate;
    private final Supplier<String> waitingFor;

    /**
     * @param waitingFor what the edge waits for; empty for nothing
     */
    public ApiService(
            StreamCatalog catalog,
            Tables tables,
            HistoryReader history,
            Gate gate,
            Supplier<String> waitingFor) {
        this.catalog = catalog;
        this.tables = tables;
        this.history = new HistoryAnswers(history);
        this.gate = gate;
        this.waitingFor = waitingFor;
    }

    @Override
    protected HttpResponse doGet(ServiceRequestContext ctx, HttpRequest req) {
        long now = System.currentTimeMillis();
        String path = ctx.decodedMappedPath();
        return switch (path) {
            case "/streams" ->
                    Json.answer(catalog.streams().stream().map(Json::stream).collect(toArray()));
            case "/sessions" -> Json.answer(sessions(gate.refusal(ctx, req.headers()).isEmpty()));
            case "/workers" ->
                    Json.answer(
                            tables.workers(now).stream()
                                    .map(beat -> Json.worker(beat, tables.sessions(), now))
                                    .collect(toArray()));
            case "/job" -> Json.answer(Json.job(tables, waitingFor.get(), now));
            default -> behindTheGate(ctx, req, path);
        };
    }

    private ArrayNode sessions(boolean withBalances) {
        return tables.sessions().stream()
                .map(
                        entry ->
                                Json.session(
                                        entry,
                                        withBalances
                                                ? tables.account(entry.getLease().getAccount())
                                                : Optional.empty()))
                .collect(toArray());
    }

    private HttpResponse behindTheGate(ServiceRequestContext ctx, HttpRequest req, String path) {
        Function<String, HttpResponse> answer;
        if (path.startsWith(LEDGER)) {
            answer = p -> account(p.substring(LEDGER.length()));
        } else if (path.equals(TICKETS)) {
            answer = p -> Json.answer(MoneyJson.tickets(tables.wins()));
        } else if (path.startsWith(HISTORY + "/")) {
            answer = p -> history.answer(p.substring(HISTORY.length()), ctx.queryParams());
        } else {
            return Replies.text(
                    HttpStatus.NOT_FOUND,
                    "there are /api/streams, /api/sessions, /api/workers, /api/job, /api/tickets,"
                            + " /api/ledger/ACCOUNT, /api/history/account/ACCOUNT and"
                            + " /api/history/stream/ID");
        }
        return gate.refusal(ctx, req.headers()).orElseGet(() -> answer.apply(path));
    }

    private HttpResponse account(String account) {
        if (!Json.ACCOUNT.matcher(account).matches()) {
            return Replies.text(
                    HttpStatus.NOT_FOUND, "an account is manifest:ID or sender:0xADDRESS");
        }
        return tables.account(account)
                .map(row -> Json.answer(Json.account(row)))
                .orElseGet(
                        () ->
                                Replies.text(
                                        HttpStatus.NOT_FOUND,
                                        "the ledger has no account " + account));
    }

    private static <T extends JsonNode> Collector<T, ?, ArrayNode> toArray() {
        return Collector.of(JsonNodeFactory.instance::arrayNode, ArrayNode::add, ArrayNode::addAll);
    }
}

package org.livepeer.flink.connectors.edge.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.QueryParams;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.HttpService;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.livepeer.flink.connectors.edge.http.PlainErrors;
import org.livepeer.flink.schemas.WorkerHeartbeat;

/**
 * go-livepeer's admin routes as its orchestrator has them off chain ({@code server/webserver.go}),
 * so that {@code livepeer_cli} works: those that need a chain read it, or are orders to the
 * settlement job, on chain, and refuse in its words off chain.
 */
final class GoRoutes {
    private static final String NO_CHAIN = "missing ETH client";
    private static final String NUMBER = "[+-]?\\d{1,78}";

    /** Some routes are two orders. */
    private static final Duration PATIENCE =
            NodeView.OnChain.PATIENCE.multipliedBy(2).plusMinutes(1);

    private final Supplier<Optional<NodeView>> node;
    private final LogLevel log;
    private final String version;

    GoRoutes(Supplier<Optional<NodeView>> node, LogLevel log, String version) {
        this.node = node;
        this.log = log;
        this.version = version;
    }

    private interface Route {
        HttpResponse answer(QueryParams params);
    }

    /** By path. */
    Map<String, HttpService> services() {
        Map<String, HttpService> services = new LinkedHashMap<>();
        ChainAnswers.NEEDED.forEach(
                (name, needed) -> services.put("/" + name, service(needed, p -> onChain(name, p))));
        services.put(
                "/contractAddresses",
                service(
                        List.of(),
                        // livepeer_cli shows nothing without it; go-livepeer refuses.
                        p -> chain().isEmpty() ? json("{}") : onChain("contractAddresses", p)));
        services.put(
                SignRoute.PATH,
                (ctx, request) ->
                        service(List.of("message"), p -> sign(p, request.headers()))
                                .serve(ctx, request));
        services.put(
                "/EthChainID",
                service(List.of(), p -> text(chain().map(ChainFacts::chainId).orElse("0"))));
        services.put(
                "/currentBlock",
                service(List.of(), p -> bytes(chain().map(ChainFacts::block).orElse(new byte[0]))));
        services.put("/IsOrchestrator", service(List.of(), p -> text("" + node.get().isPresent())));
        services.put("/IsRedeemer", service(List.of(), p -> text("false")));
        services.put("/manifestID", service(List.of(), p -> text("")));
        services.put("/debug", service(List.of(), p -> text("\n\nLatestPlaylist: <nil>")));
        services.put("/localStreams", service(List.of(), p -> json("[]")));
        services.put("/getLogLevel", service(List.of(), p -> text("" + log.get())));
        services.put("/setLogLevel", service(List.of("loglevel"), this::setLogLevel));
        services.put("/setMaxSessions", service(List.of("maxSessions"), this::setMaxSessions));
        services.put(
                "/setPriceForBroadcaster",
                service(
                        List.of("pricePerUnit", "pixelsPerUnit", "broadcasterEthAddr"),
                        this::setPrice));
        services.put("/setMaxFaceValue", service(List.of("maxfacevalue"), this::setMaxFaceValue));
        return services;
    }

    /** What is answered where there is a chain. */
    private interface OnChainRoute {
        HttpResponse answer(NodeView here, NodeView.OnChain chain);
    }

    private HttpResponse onChain(String name, QueryParams params) {
        return onChain((here, chain) -> ChainAnswers.of(name, params, here, chain));
    }

    /** That where there is a chain; go-livepeer's refusal where there is none. */
    private HttpResponse onChain(OnChainRoute route) {
        NodeView here = node.get().orElse(null);
        NodeView.OnChain chain = here == null ? null : here.onChain().orElse(null);
        return here == null || chain == null
                ? PlainErrors.text(HttpStatus.INTERNAL_SERVER_ERROR, NO_CHAIN)
                : route.answer(here, chain);
    }

    private Optional<NodeView.OnChain> chain() {
        return node.get().flatMap(NodeView::onChain);
    }

    private static HttpService service(List<String> needed, Route route) {
        return (ctx, request) -> {
            // A transaction is waited for until it is confirmed.
            ctx.setRequestTimeout(PATIENCE);
            return HttpResponse.of(
                    request.aggregate()
                            .thenApplyAsync(
                                    body -> answer(needed, route, body),
                                    ctx.blockingTaskExecutor()));
        };
    }

    private static HttpResponse answer(
            List<String> needed, Route route, AggregatedHttpRequest request) {
        String path = request.path();
        int mark = path.indexOf('?');
        MediaType type = request.contentType();
        boolean form = type != null && type.is(MediaType.FORM_DATA);
        QueryParams params =
                QueryParams.builder()
                        .add(form ? QueryParams.fromQueryString(request.contentUtf8()) : empty())
                        .add(
                                mark < 0
                                        ? empty()
                                        : QueryParams.fromQueryString(path.substring(mark + 1)))
                        .build();
        for (String name : needed) {
            if (value(params, name).isEmpty()) {
                return bad("missing form param: " + name);
            }
        }
        try {
            return route.answer(params);
        } catch (IllegalArgumentException e) {
            return bad(String.valueOf(e.getMessage()));
        } catch (IllegalStateException e) {
            return PlainErrors.text(
                    HttpStatus.INTERNAL_SERVER_ERROR, String.valueOf(e.getMessage()));
        }
    }

    private static QueryParams empty() {
        return QueryParams.of();
    }

    private static String value(QueryParams params, String name) {
        return params.get(name, "");
    }

    private HttpResponse sign(QueryParams params, RequestHeaders headers) {
        return onChain(
                (here, chain) ->
                        HttpResponse.of(
                                HttpStatus.OK,
                                MediaType.OCTET_STREAM,
                                SignRoute.answer(params, headers, chain)));
    }

    private HttpResponse setMaxFaceValue(QueryParams params) {
        if (!value(params, "maxfacevalue").matches(NUMBER)) {
            return bad("maxfacevalue not set to number");
        }
        return PlainErrors.text(
                HttpStatus.INTERNAL_SERVER_ERROR,
                chain().isEmpty()
                        ? NO_CHAIN
                        : "an edge has its limit from its start: give -maxFaceValue there");
    }

    private HttpResponse setLogLevel(QueryParams params) {
        String level = value(params, "loglevel");
        if (!level.matches("-?\\d{1,9}")) {
            return bad("parameter 'logLevel' not defined");
        }
        log.set(Integer.parseInt(level));
        return text("");
    }

    private HttpResponse setMaxSessions(QueryParams params) {
        String given = value(params, "maxSessions");
        boolean auto = given.equals("auto");
        if (!auto && !given.matches("[+-]?\\d{1,9}")) {
            return bad("strconv.Atoi: parsing \"" + given + "\": invalid syntax");
        }
        int most = auto ? 0 : Integer.parseInt(given);
        if (!auto && most <= 0) {
            return bad("Max Sessions must be 'auto' or greater than zero");
        }
        Optional<NodeView> here = node.get();
        if (here.isEmpty()) {
            return bad("this process faces no gateways: ask an edge of the deployment");
        }
        here.get().setMaxSessions(most);
        return text("Max sessions set to " + (auto ? "auto" : "" + most) + "\n");
    }

    private HttpResponse setPrice(QueryParams params) {
        Optional<NodeView> here = node.get();
        if (here.isEmpty()) {
            return bad("Node must be orchestrator node to set price for broadcaster");
        }
        String sender = value(params, "broadcasterEthAddr");
        try {
            BasePrice.of(sender, params).order(here.get());
        } catch (IllegalArgumentException e) {
            return bad(String.valueOf(e.getMessage()));
        }
        return text(
                "Price per pixel set to "
                        + value(params, "pricePerUnit")
                        + " wei for "
                        + value(params, "pixelsPerUnit")
                        + " pixels for broadcaster "
                        + sender
                        + "\n");
    }

    /** Adds what go-livepeer says at {@code /status}. */
    void status(ObjectNode node) {
        List<WorkerHeartbeat> workers = this.node.get().map(NodeView::workers).orElse(List.of());
        node.putObject("Manifests");
        node.putObject("InternalManifests");
        node.putObject("StreamInfo");
        node.putArray("OrchestratorPool");
        node.putNull("OrchestratorPoolInfos");
        node.put("Version", version);
        node.put("GolangRuntimeVersion", "java" + System.getProperty("java.version"));
        node.put("GOArch", System.getProperty("os.arch"));
        node.put("GOOS", System.getProperty("os.name").toLowerCase(java.util.Locale.ROOT));
        node.put("RegisteredTranscodersNumber", workers.size());
        ArrayNode transcoders = node.putArray("RegisteredTranscoders");
        for (WorkerHeartbeat worker : workers) {
            transcoders
                    .addObject()
                    .put("Address", worker.getAddress())
                    .put("Capacity", worker.getMaxSessions());
        }
        node.put("LocalTranscoding", false);
        ObjectNode prices = node.putObject("BroadcasterPrices");
        this.node
                .get()
                .map(NodeView::prices)
                .orElse(Map.of())
                .forEach((sender, price) -> prices.put(sender, price.toString()));
    }

    private static HttpResponse bad(String text) {
        return PlainErrors.text(HttpStatus.BAD_REQUEST, text);
    }

    static HttpResponse bytes(byte[] answer) {
        return answer.length == 0
                ? text("")
                : HttpResponse.of(HttpStatus.OK, MediaType.PLAIN_TEXT_UTF_8, answer);
    }

    /** As Go's response writer: no type where there is no body. */
    static HttpResponse text(String text) {
        return text.isEmpty()
                ? HttpResponse.of(ResponseHeaders.of(HttpStatus.OK))
                : HttpResponse.of(HttpStatus.OK, MediaType.PLAIN_TEXT_UTF_8, text);
    }

    static HttpResponse json(String text) {
        return HttpResponse.of(
                ResponseHeaders.of(HttpStatus.OK, HttpHeaderNames.CONTENT_TYPE, "application/json"),
                HttpData.wrap(text.getBytes(UTF_8)));
    }
}

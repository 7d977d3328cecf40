package org.livepeer.flink.connectors.edge.orchestrator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.AbstractHttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.util.regex.Pattern;

/**
 * {@code POST /refresh-payment}: new ticket parameters for a session whose price is frozen. Off
 * chain none is, and that is the answer once the question is well formed (go-livepeer {@code
 * server/rpc.go}).
 */
final class RefreshPaymentService extends AbstractHttpService {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern ADDRESS = Pattern.compile("(0[xX])?[0-9a-fA-F]{40}");

    @Override
    protected HttpResponse doPost(ServiceRequestContext ctx, HttpRequest req) {
        return HttpResponse.of(req.aggregate().thenApply(whole -> answer(whole.contentUtf8())));
    }

    private static HttpResponse answer(String body) {
        JsonNode question;
        try {
            question = JSON.readTree(body);
        } catch (JsonProcessingException e) {
            return error(HttpStatus.BAD_REQUEST, "invalid JSON");
        }
        if (question.isMissingNode()) {
            return error(HttpStatus.BAD_REQUEST, "EOF");
        }
        if (!ADDRESS.matcher(question.path("sender").asText("")).matches()) {
            return error(HttpStatus.BAD_REQUEST, "invalid sender");
        }
        if (question.path("manifest_id").asText("").isBlank()) {
            return error(HttpStatus.BAD_REQUEST, "missing manifest_id");
        }
        return error(HttpStatus.CONFLICT, "fixed price not found for session");
    }

    private static HttpResponse error(HttpStatus status, String text) {
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        String body =
                nodes.objectNode().set("error", nodes.objectNode().put("message", text)) + "\n";
        return HttpResponse.of(status, MediaType.JSON, body);
    }
}

package org.livepeer.flink.connectors.edge.orchestrator;

import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import org.livepeer.flink.connectors.edge.http.PlainErrors;

/** Whatever nobody else serves: UNIMPLEMENTED to gRPC, 404 to everybody else. */
final class UnknownService implements HttpService {
    @Override
    public HttpResponse serve(ServiceRequestContext ctx, HttpRequest req) {
        MediaType type = req.contentType();
        if (type == null || !type.toString().startsWith("application/grpc")) {
            return PlainErrors.text(HttpStatus.NOT_FOUND, "404 page not found");
        }
        return HttpResponse.of(
                ResponseHeaders.builder(HttpStatus.OK)
                        .set("content-type", "application/grpc")
                        .set("grpc-status", "12")
                        .set("grpc-message", "unknown service or method")
                        .build());
    }
}

package org.livepeer.flink.connectors.edge.orchestrator;

import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import org.livepeer.flink.schemas.net.PaymentResult;

/** {@code /payment}: the checks of a segment's headers, and the orchestrator's word. */
final class PaymentService implements HttpService {
    private final SegmentHeaders headers;
    private final NodeInfo info;

    PaymentService(SegmentHeaders headers, NodeInfo info) {
        this.headers = headers;
        this.info = info;
    }

    @Override
    public HttpResponse serve(ServiceRequestContext ctx, HttpRequest req) {
        long now = System.currentTimeMillis();
        try {
            SegmentOrder order = headers.check(req.headers(), now);
            byte[] body =
                    PaymentResult.newBuilder()
                            .setInfo(info.with(order.token(), now))
                            .build()
                            .toByteArray();
            return HttpResponse.of(HttpStatus.OK, MediaType.OCTET_STREAM, body);
        } catch (WireRefusal refusal) {
            return refusal.response();
        }
    }
}

package org.livepeer.flink.connectors.edge.orchestrator;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import org.livepeer.flink.connectors.edge.http.PlainErrors;

/** A request that is refused with a status, before anything was accepted. */
final class WireRefusal extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient HttpStatus status;

    /**
     * @param text go-livepeer's, which gateways compare
     */
    WireRefusal(HttpStatus status, String text) {
        super(text, null, false, false);
        this.status = status;
    }

    static WireRefusal forbidden(String text) {
        return new WireRefusal(HttpStatus.FORBIDDEN, text);
    }

    HttpResponse response() {
        return PlainErrors.text(status, String.valueOf(getMessage()));
    }
}

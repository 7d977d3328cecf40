package org.livepeer.flink.operators.assign;

import org.livepeer.flink.schemas.FundedRequest;
import org.livepeer.flink.schemas.Request;

/**
 * A session is one payer's stream: its id is {@code account|manifest}, or {@code
 * owner:SENDER|manifest} where a sender pays for each session of the wire from another account: a
 * new one takes over lease and worker.
 */
public final class Sessions {
    private Sessions() {}

    static String idOf(FundedRequest funded) {
        Request request = funded.getRequest();
        String owner = request.getOwner();
        String whose = owner.isEmpty() ? request.getAccount() : "owner:" + owner;
        return whose + "|" + request.getManifestId();
    }
}

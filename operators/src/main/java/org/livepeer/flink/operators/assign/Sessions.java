package org.livepeer.flink.operators.assign;

import org.livepeer.flink.schemas.FundedRequest;

/** A session is one payer's stream: its id is {@code account|manifest}. */
public final class Sessions {
    private Sessions() {}

    static String idOf(FundedRequest funded) {
        return funded.getRequest().getAccount() + "|" + funded.getRequest().getManifestId();
    }
}

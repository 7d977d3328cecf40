package org.livepeer.flink.operators.assign;

import java.util.Map;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.schemas.FundedRequest;
import org.livepeer.flink.schemas.Lease;
import org.livepeer.flink.schemas.PlacedRequest;

/** Where {@link Scheduling} tells what it decided. */
public interface Outlet {
    /** To Work. */
    void place(PlacedRequest placed);

    /** No work is done: the producer is told, and the money goes back. */
    void refuse(FundedRequest request, Reason reason, String detail);

    /** A lease after a change. */
    void session(Lease lease, int inFlight, int parked);

    void sessionEnded(String sessionId);

    /**
     * A decision.
     *
     * @param numbers what it was made from
     */
    void event(
            String type,
            String reason,
            String manifestId,
            long seq,
            String requestId,
            String workerId,
            Map<String, String> numbers);
}

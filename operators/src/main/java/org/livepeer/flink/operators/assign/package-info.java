/**
 * Assign, keyed by cell: funded requests, receipts and the workers' signs of life flow in; requests
 * with a worker and two alternates flow out, with events, the sessions after their changes, and
 * refusals. Kept in state: workers, leases, requests in flight, parked requests without media.
 */
@NullMarked
package org.livepeer.flink.operators.assign;

import org.jspecify.annotations.NullMarked;

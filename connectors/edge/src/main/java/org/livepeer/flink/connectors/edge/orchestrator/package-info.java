/**
 * The orchestrator on the network's wire: gRPC, {@code /segment}, {@code /payment} and {@code
 * /stream} on one port, as a go-livepeer gateway expects them. In: its requests. Out: pushes on
 * {@code segments} and the job's answers. Kept: nothing that must survive.
 */
@NullMarked
package org.livepeer.flink.connectors.edge.orchestrator;

import org.jspecify.annotations.NullMarked;

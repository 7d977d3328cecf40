/**
 * Orchestrators of the network, as a gateway calls them: {@code GetOrchestrator} over gRPC, {@code
 * /segment} with tickets, renditions by download. Out flow signed segments and payments, in flow
 * renditions and the books.
 */
@NullMarked
package org.livepeer.flink.connectors.gateway;

import org.jspecify.annotations.NullMarked;

/**
 * How the job calls worker processes: one gRPC channel a worker, media sent without a copy, and
 * every thing that can go wrong turned into an answer.
 */
@NullMarked
package org.livepeer.flink.connectors.transcoder.client;

import org.jspecify.annotations.NullMarked;

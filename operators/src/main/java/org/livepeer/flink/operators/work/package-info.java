/**
 * Work: placed requests flow in, outcomes flow out. Calls workers through the port {@link
 * org.livepeer.flink.operators.transcode.WorkerClient}; keeps nothing but the requests that are
 * under way, which Flink checkpoints.
 */
@NullMarked
package org.livepeer.flink.operators.work;

import org.jspecify.annotations.NullMarked;

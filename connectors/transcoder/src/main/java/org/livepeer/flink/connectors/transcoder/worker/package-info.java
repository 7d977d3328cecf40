/**
 * The worker process's face: one gRPC service that takes requests, hands them to an engine, and
 * keeps every answer on disk for a while, so that a repeated request id costs no second transcode.
 *
 * <p>In: {@code Execute} calls that carry the cluster's proof. Out: renditions or one failure, and
 * a heartbeat each second. Kept: answers by request id, bounded in time and bytes; the worker's id.
 */
@NullMarked
package org.livepeer.flink.connectors.transcoder.worker;

import org.jspecify.annotations.NullMarked;

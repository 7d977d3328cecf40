/**
 * Transcoders of go-livepeer as workers of our job: they register at an edge's port as at
 * go-livepeer's orchestrator, and the edge stands for each of them as a worker.
 *
 * <pre>
 *            Execute                    NotifySegment
 *   job ───────────────► WorkerNode ─────────────────► transcoder
 *       ◄───────────────   engine   ◄── GET source ───
 *           renditions     (edge)   ◄── POST result ──
 * </pre>
 */
@NullMarked
package org.livepeer.flink.connectors.transcoder.registered;

import org.jspecify.annotations.NullMarked;

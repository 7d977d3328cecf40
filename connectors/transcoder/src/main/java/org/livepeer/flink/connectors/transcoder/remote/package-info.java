/**
 * A transcoder that works for a go-livepeer orchestrator, and for any node that serves {@code
 * net.Transcoder} as go-livepeer does.
 *
 * <p>In: {@code NotifySegment} messages on the stream that {@code RegisterTranscoder} opens; the
 * source, downloaded from the address in the message. Out: one {@code POST /transcodeResults} for
 * each segment, with the renditions or with the text of the error. Kept in memory: the sessions
 * that the engine may hold something for.
 */
@NullMarked
package org.livepeer.flink.connectors.transcoder.remote;

import org.jspecify.annotations.NullMarked;

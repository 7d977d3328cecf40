/**
 * Transcoding itself, with libav in process: a segment and a ladder in, renditions and pixel counts
 * out. It runs native decoders on foreign bytes, so it belongs in a child process (package {@code
 * child}); nothing is kept from one segment to the next.
 */
@NullMarked
package org.livepeer.flink.connectors.transcoder.engine;

import org.jspecify.annotations.NullMarked;

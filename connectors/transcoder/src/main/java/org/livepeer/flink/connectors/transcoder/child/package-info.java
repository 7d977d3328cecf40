/**
 * Supervised transcoding processes. {@link
 * org.livepeer.flink.connectors.transcoder.child.LibavTranscoder} is the engine of a worker: a pool
 * of child JVMs that run package {@code engine} and talk in frames over stdin and stdout. Kept in
 * memory: which inputs killed children.
 */
@NullMarked
package org.livepeer.flink.connectors.transcoder.child;

import org.jspecify.annotations.NullMarked;

/**
 * Transcoding with any ffmpeg binary, for cards that only a vendor's build can drive. In: jobs.
 * Out: renditions, counted by decoding them in a child of package {@code child}. Nothing is kept.
 */
@NullMarked
package org.livepeer.flink.connectors.transcoder.binary;

import org.jspecify.annotations.NullMarked;

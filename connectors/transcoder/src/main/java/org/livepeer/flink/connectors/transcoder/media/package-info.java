/**
 * Media for the commands that push streams: a synthetic live source and the cutting of files on key
 * frames. In: options, a file or a stream. Out: {@link
 * org.livepeer.flink.connectors.transcoder.media.MediaSegment}s. Runs libav in the process that
 * calls it: a command's, never a worker's or a job's.
 */
@NullMarked
package org.livepeer.flink.connectors.transcoder.media;

import org.jspecify.annotations.NullMarked;

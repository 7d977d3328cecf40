/**
 * Ports to the machines that do the work: {@link Transcoder} is an engine inside a worker process,
 * {@link WorkerClient} is how the job calls such a process.
 */
@NullMarked
package org.livepeer.flink.operators.transcode;

import org.jspecify.annotations.NullMarked;

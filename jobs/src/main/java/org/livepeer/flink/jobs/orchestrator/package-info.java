/** The orchestrator job: pushes in, renditions out, every pixel charged once. */
@NullMarked
package org.livepeer.flink.jobs.orchestrator;

import org.jspecify.annotations.NullMarked;

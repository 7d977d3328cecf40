/** Containers for tests: a Docker engine and images, where there are any. */
@NullMarked
package org.livepeer.flink.jobs.docker;

import org.jspecify.annotations.NullMarked;

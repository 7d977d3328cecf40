/** A node's roles and embedded parts, put together in one process. */
@NullMarked
package org.livepeer.flink.jobs.node;

import org.jspecify.annotations.NullMarked;

/** How events are written to the log: one line each, {@code words key=value key=value}. */
@NullMarked
package org.livepeer.flink.operators.log;

import org.jspecify.annotations.NullMarked;

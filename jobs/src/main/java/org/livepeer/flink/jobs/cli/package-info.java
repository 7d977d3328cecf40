/** The {@code livepeer} command: node roles, and what an operator asks and orders. */
@NullMarked
package org.livepeer.flink.jobs.cli;

import org.jspecify.annotations.NullMarked;

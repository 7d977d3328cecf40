/**
 * The chain's fold: blocks with the contracts' logs flow in, in one order; the newest block and
 * round, every sender's funds and every orchestrator's standing flow out. Kept in state: these
 * rows, and what the last blocks changed in them, so that a block that the chain dropped is undone.
 */
@NullMarked
package org.livepeer.flink.operators.chain;

import org.jspecify.annotations.NullMarked;

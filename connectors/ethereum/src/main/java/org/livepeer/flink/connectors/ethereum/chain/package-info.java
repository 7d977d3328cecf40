/**
 * The chain as a source of Flink: in, a node's blocks and the logs of the network's contracts; out,
 * one record a block, in the chain's order. Kept in checkpoints: the next block, and the hashes of
 * the last ones, by which a block that was dropped is noticed.
 */
@NullMarked
package org.livepeer.flink.connectors.ethereum.chain;

import org.jspecify.annotations.NullMarked;

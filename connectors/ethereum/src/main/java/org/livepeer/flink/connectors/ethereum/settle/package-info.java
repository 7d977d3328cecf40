/**
 * Settlement's view of the chain. In: what is wanted of it. Out: one picture of it from several
 * questions to a node, calls of the network's contracts, signed transactions sent. Kept: addresses
 * that the Controller has said.
 */
@NullMarked
package org.livepeer.flink.connectors.ethereum.settle;

import org.jspecify.annotations.NullMarked;

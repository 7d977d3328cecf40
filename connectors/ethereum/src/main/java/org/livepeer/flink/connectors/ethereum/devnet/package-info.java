/**
 * A chain for development: anvil with the network's published contracts, an orchestrator that is
 * bonded and a gateway that has funds. In: npm packages, fetched once. Out: the address of a node,
 * keystore files. Kept: the chain's state, in its folder.
 */
@NullMarked
package org.livepeer.flink.connectors.ethereum.devnet;

import org.jspecify.annotations.NullMarked;

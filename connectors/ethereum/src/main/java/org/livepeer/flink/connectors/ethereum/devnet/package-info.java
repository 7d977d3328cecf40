/**
 * A chain for development: anvil with the network's published contracts, an orchestrator that is
 * bonded and a gateway that has funds. In: the folder of docker/devnet where npm put both. Out: the
 * address of a node, keystore files. Kept: the chain's state, in its folder.
 */
@NullMarked
package org.livepeer.flink.connectors.ethereum.devnet;

import org.jspecify.annotations.NullMarked;

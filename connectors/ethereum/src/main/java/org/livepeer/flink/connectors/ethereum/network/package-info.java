/**
 * The network's contracts as a node's JSON-RPC tells them: in, questions of commands and admin
 * routes; out, values. Contracts are found through the Controller; nothing is kept.
 */
@NullMarked
package org.livepeer.flink.connectors.ethereum.network;

import org.jspecify.annotations.NullMarked;

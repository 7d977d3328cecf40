/**
 * The network's contracts as anybody may read them: stake, rewards, rounds, parameters. Values
 * only; who reads them from a node is an adapter's business.
 */
@NullMarked
package org.livepeer.flink.operators.network;

import org.jspecify.annotations.NullMarked;

/** Chainlink's aggregators: a contract's answers in, an exact rate out. Keeps nothing. */
@NullMarked
package org.livepeer.flink.connectors.ethereum.feed;

import org.jspecify.annotations.NullMarked;

/**
 * What the network's wire means, the same wherever it is spoken: ladders, clips, versions,
 * capability numbers, and the texts that gateways compare.
 */
@NullMarked
package org.livepeer.flink.operators.wire;

import org.jspecify.annotations.NullMarked;

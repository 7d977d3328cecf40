/**
 * Prices as operators give them: amounts in wei or another currency, the rate that makes wei of
 * them, and what an order says of itself. In: text and the feed's answers. Out: wei per pixel.
 */
@NullMarked
package org.livepeer.flink.operators.price;

import org.jspecify.annotations.NullMarked;

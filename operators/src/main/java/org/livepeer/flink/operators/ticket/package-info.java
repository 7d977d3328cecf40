/**
 * Probabilistic payments, as rules without state: tickets and their parameters, signatures,
 * winning, the gateway's estimate. Amounts are wei, exact.
 */
@NullMarked
package org.livepeer.flink.operators.ticket;

import org.jspecify.annotations.NullMarked;

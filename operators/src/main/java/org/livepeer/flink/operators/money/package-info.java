/** Exact money: wei and prices as integers and reduced fractions, never floating point. */
@NullMarked
package org.livepeer.flink.operators.money;

import org.jspecify.annotations.NullMarked;

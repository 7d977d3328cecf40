/**
 * The chain job: blocks of an Ethereum node become records of {@code chain}, and these, read back,
 * the rows of rounds, senders and orchestrators that edges count by.
 */
@NullMarked
package org.livepeer.flink.jobs.chain;

import org.jspecify.annotations.NullMarked;

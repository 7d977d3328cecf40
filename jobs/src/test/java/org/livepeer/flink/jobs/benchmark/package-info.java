/** Measured by hand, see the README's "Measured": how the whole job compares with a bare stack. */
package org.livepeer.flink.jobs.benchmark;

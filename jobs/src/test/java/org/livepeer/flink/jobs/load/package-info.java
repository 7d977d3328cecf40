/** Many simulated sessions on a cluster of processes, for as long as one likes. */
package org.livepeer.flink.jobs.load;

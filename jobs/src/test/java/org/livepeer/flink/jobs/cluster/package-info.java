/** Real clusters for tests: processes of Kafka, ZooKeeper and Flink that can be killed. */
@NullMarked
package org.livepeer.flink.jobs.cluster;

import org.jspecify.annotations.NullMarked;

/** Plain Kafka clients, for the processes outside Flink: command, workers, edges. */
@NullMarked
package org.livepeer.flink.connectors.kafka.client;

import org.jspecify.annotations.NullMarked;

/** A Kafka broker inside this process, for quickstart and tests. */
@NullMarked
package org.livepeer.flink.connectors.kafka.broker;

import org.jspecify.annotations.NullMarked;

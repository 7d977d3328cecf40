/**
 * Plain Kafka clients for processes outside Flink: commands, heartbeats and pushes go in; accounts,
 * sessions, workers, events, answers and media come out. Nothing is kept but what was read.
 */
@NullMarked
package org.livepeer.flink.connectors.kafka.client;

import org.jspecify.annotations.NullMarked;

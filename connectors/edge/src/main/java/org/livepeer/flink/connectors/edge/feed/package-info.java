/**
 * What the edge reads from Kafka, without a group: answers of the last minutes as arrivals for
 * playback, and the latest row of each session, account and worker.
 */
@NullMarked
package org.livepeer.flink.connectors.edge.feed;

import org.jspecify.annotations.NullMarked;

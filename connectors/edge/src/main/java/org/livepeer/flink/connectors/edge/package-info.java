/**
 * The node's network face over HTTP. In flow answers from the topics {@code renditions} and {@code
 * results}, rows from {@code sessions}, {@code workers} and {@code ledger}, uploads from producers,
 * and, when somebody asks for a past, {@code events}; out flow HLS playlists and media, JSON and
 * the page. Nothing here is state that must survive: a restarted edge reads the last minutes back
 * from Kafka.
 */
@NullMarked
package org.livepeer.flink.connectors.edge;

import org.jspecify.annotations.NullMarked;

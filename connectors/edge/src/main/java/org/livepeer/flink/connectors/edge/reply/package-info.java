/**
 * Answers of the job to pushes that edges made: the waiting request gets its answer, and every edge
 * learns where the renditions of every session are. In: the topic {@code results}. Kept: where each
 * rendition of the last half hour stands, in memory.
 */
@NullMarked
package org.livepeer.flink.connectors.edge.reply;

import org.jspecify.annotations.NullMarked;

/**
 * Live playback. Arrivals (renditions and failures) flow in, in any order and more than once;
 * playlists and media flow out. Kept per stream: a sliding window of segments, published strictly
 * in order.
 */
@NullMarked
package org.livepeer.flink.connectors.edge.playback;

import org.jspecify.annotations.NullMarked;

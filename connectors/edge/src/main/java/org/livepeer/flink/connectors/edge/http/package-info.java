/** Playback, the page, and what every answer over HTTP has in common. */
@NullMarked
package org.livepeer.flink.connectors.edge.http;

import org.jspecify.annotations.NullMarked;

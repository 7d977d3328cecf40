/** What the edge needs from a segment store: to write uploads and to read renditions. */
@NullMarked
package org.livepeer.flink.connectors.edge.store;

import org.jspecify.annotations.NullMarked;

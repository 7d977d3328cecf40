/** Uploads into the segment store, and who may do what only the operator's own programs should. */
@NullMarked
package org.livepeer.flink.connectors.edge.upload;

import org.jspecify.annotations.NullMarked;

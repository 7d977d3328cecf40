/** The certificate that an edge shows: made once, kept in its folder. */
@NullMarked
package org.livepeer.flink.connectors.edge.tls;

import org.jspecify.annotations.NullMarked;

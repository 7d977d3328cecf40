/**
 * The operator's own object store, {@code -objectStore}. In: renditions of answers. Out: objects,
 * and the URLs that gateways are told. Kept: which objects were just written.
 */
@NullMarked
package org.livepeer.flink.connectors.edge.objectstore;

import org.jspecify.annotations.NullMarked;

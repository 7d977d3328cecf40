/**
 * Sessions of the network's wire: what an edge gives out, and how any edge knows it again. Derived
 * from the cluster's secret; nothing is kept.
 */
@NullMarked
package org.livepeer.flink.connectors.edge.session;

import org.jspecify.annotations.NullMarked;

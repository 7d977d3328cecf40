/** What a process says of itself to its operator, on a port of its own. */
@NullMarked
package org.livepeer.flink.connectors.edge.admin;

import org.jspecify.annotations.NullMarked;

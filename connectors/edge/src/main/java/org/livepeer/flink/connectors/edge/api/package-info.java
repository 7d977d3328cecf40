/** What is known of streams, sessions, workers and accounts, as JSON. */
@NullMarked
package org.livepeer.flink.connectors.edge.api;

import org.jspecify.annotations.NullMarked;

/** What leaves the jobs, as records on topics; at least once, each with a key to know it by. */
@NullMarked
package org.livepeer.flink.connectors.kafka.sink;

import org.jspecify.annotations.NullMarked;

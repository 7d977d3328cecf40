/** Topics as Flink sources of {@link org.livepeer.flink.schemas.TopicRecord}. */
@NullMarked
package org.livepeer.flink.connectors.kafka.source;

import org.jspecify.annotations.NullMarked;

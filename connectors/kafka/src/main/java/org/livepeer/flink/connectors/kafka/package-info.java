/** The topics of a deployment: what they are called, how they are kept, how they are made. */
@NullMarked
package org.livepeer.flink.connectors.kafka;

import org.jspecify.annotations.NullMarked;

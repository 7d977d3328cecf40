/**
 * The rules of the node and the Flink functions that apply them. Knows no broker, file, socket or
 * codec: what it needs from outside are ports, implemented in {@code connectors}.
 */
@NullMarked
package org.livepeer.flink.operators;

import org.jspecify.annotations.NullMarked;

/**
 * Decisions and payments of the past. In flow questions about one account or stream; out flow its
 * events, newest first, read from the topic {@code events} when they are asked for. Nothing is kept
 * between questions.
 */
@NullMarked
package org.livepeer.flink.connectors.edge.history;

import org.jspecify.annotations.NullMarked;

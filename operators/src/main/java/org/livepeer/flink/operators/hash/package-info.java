/** Hashes that Java does not bring. */
@NullMarked
package org.livepeer.flink.operators.hash;

import org.jspecify.annotations.NullMarked;

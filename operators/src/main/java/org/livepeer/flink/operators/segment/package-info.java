/** What a push may ask for: presets, profiles, limits, and what a ladder costs in pixels. */
@NullMarked
package org.livepeer.flink.operators.segment;

import org.jspecify.annotations.NullMarked;

/** An engine that makes nothing: the source comes back as every rendition. For benchmarks. */
@NullMarked
package org.livepeer.flink.connectors.transcoder.loopback;

import org.jspecify.annotations.NullMarked;

/** How the cluster's own records are told from forged ones. */
@NullMarked
package org.livepeer.flink.operators.auth;

import org.jspecify.annotations.NullMarked;

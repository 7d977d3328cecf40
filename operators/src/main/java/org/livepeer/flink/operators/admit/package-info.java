/**
 * Admit: records as they were read from topics flow in, checked requests and verified records flow
 * out; what is wrong goes out as an answer with a reason and a dead letter. Kept in state: which
 * sender the operator bound to which manifest.
 */
@NullMarked
package org.livepeer.flink.operators.admit;

import org.jspecify.annotations.NullMarked;

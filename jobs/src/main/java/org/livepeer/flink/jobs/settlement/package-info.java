/**
 * The settlement job: what pays is redeemed, what is due in a round is done, what operators order
 * is sent. The only one that needs a key and gas money.
 */
@NullMarked
package org.livepeer.flink.jobs.settlement;

import org.jspecify.annotations.NullMarked;

/** A stream that is paid for with tickets, from the gateway's side. */
@NullMarked
package org.livepeer.flink.jobs.payment;

import org.jspecify.annotations.NullMarked;

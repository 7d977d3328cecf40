/**
 * Being paid with tickets, as an edge sees it. In: what the chain jobs wrote of rounds, senders and
 * orchestrators; payments that came with requests. Out: ticket parameters, signatures, payments for
 * the job and its verdicts. Kept: nothing that must survive.
 */
@NullMarked
package org.livepeer.flink.connectors.edge.payment;

import org.jspecify.annotations.NullMarked;

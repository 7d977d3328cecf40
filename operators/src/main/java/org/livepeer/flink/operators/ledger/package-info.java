/**
 * Ledger, keyed by account: requests, receipts and operators' commands flow in; requests with their
 * money reserved flow out, with events, the account after each change, and refusals. Kept in state:
 * the balance as an exact fraction of wei, and every request as long as its receipt may come again.
 */
@NullMarked
package org.livepeer.flink.operators.ledger;

import org.jspecify.annotations.NullMarked;

/**
 * What is sent to the chain: tickets that pay are redeemed, rounds initialized, rewards called,
 * operators' orders carried out, with one order of transactions for an account that no crash
 * disturbs. {@link org.livepeer.flink.operators.settlement.Settlement} has the rules; the chain's
 * node and the account's key are ports.
 */
@NullMarked
package org.livepeer.flink.operators.settlement;

import org.jspecify.annotations.NullMarked;

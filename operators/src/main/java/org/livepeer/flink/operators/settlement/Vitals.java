package org.livepeer.flink.operators.settlement;

import java.util.List;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;
import org.livepeer.flink.operators.ReasonCounters;
import org.livepeer.flink.operators.settlement.SettlementChain.Standing;
import org.livepeer.flink.schemas.Redemption;

/** What settlement does, as metrics. */
final class Vitals {
    private final ReasonCounters events;
    private volatile int tickets;
    private volatile int transactions;
    private volatile long oldestTicketMs;
    private volatile double wei;
    private volatile double gasPrice;
    private volatile long seenAtMs = System.currentTimeMillis();

    Vitals(MetricGroup group) {
        events = new ReasonCounters(group, "settlement");
        group.gauge("settlementOpenTickets", (Gauge<Integer>) () -> tickets);
        group.gauge("settlementOldestTicketMs", (Gauge<Long>) () -> oldestTicketMs);
        group.gauge("settlementTransactions", (Gauge<Integer>) () -> transactions);
        group.gauge("settlementAccountWei", (Gauge<Double>) () -> wei);
        group.gauge("settlementGasPriceWei", (Gauge<Double>) () -> gasPrice);
        group.gauge("settlementBlindMs", (Gauge<Long>) () -> System.currentTimeMillis() - seenAtMs);
    }

    void seen(Standing chain, long nowMs, List<Redemption> open, int pending) {
        seenAtMs = nowMs;
        tickets = open.size();
        oldestTicketMs = open.stream().mapToLong(t -> nowMs - t.getQueuedAtMs()).max().orElse(0);
        transactions = pending;
        wei = chain.balance().doubleValue();
        gasPrice = chain.gasPrice().doubleValue();
    }

    /** Events by their type. */
    void count(String type) {
        events.count(type);
    }
}

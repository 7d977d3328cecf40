package org.livepeer.flink.connectors.edge.admin;

import java.util.List;
import java.util.Map;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.schemas.WorkerHeartbeat;

/** What go-livepeer's admin routes show of an orchestrator and change about it. */
public interface NodeView {
    /** The workers of the deployment. */
    List<WorkerHeartbeat> workers();

    /** Sessions that live now. */
    long sessions();

    /** Most sessions at the same time. */
    long maxSessions();

    /** wei per pixel, by sender's address or {@code default}. */
    Map<String, Fraction> prices();

    /**
     * Orders a price for the whole deployment; it counts for pushes from a few seconds later on.
     *
     * @param sender its address in lower case, or {@code default}
     * @throws IllegalStateException when Kafka does not take the order
     */
    void setPrice(String sender, Fraction weiPerPixel);

    /**
     * Orders from how many living sessions on gateways get no new one.
     *
     * @param most 0 for as many as the workers take
     * @throws IllegalStateException when Kafka does not take the order
     */
    void setMaxSessions(int most);
}

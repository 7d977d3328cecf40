package org.livepeer.flink.jobs.node;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.livepeer.flink.connectors.edge.admin.NodeView;
import org.livepeer.flink.connectors.edge.feed.Tables;
import org.livepeer.flink.connectors.kafka.client.ControlProducer;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.schemas.ControlCommand;
import org.livepeer.flink.schemas.SessionLimit;
import org.livepeer.flink.schemas.SetPrice;
import org.livepeer.flink.schemas.WorkerHeartbeat;

/**
 * The whole deployment as an edge sees it: orders go to {@code control}, where the job and all
 * edges read them, and outlive every process.
 */
final class Deployment implements NodeView {
    private static final String EVERYBODY = "default";
    private static final String SENDER = "sender:";

    private final NodeOptions options;
    private final Tables tables;

    Deployment(NodeOptions options, Tables tables) {
        this.options = options;
        this.tables = tables;
    }

    @Override
    public List<WorkerHeartbeat> workers() {
        return tables.workers(System.currentTimeMillis()).stream()
                .map(Tables.Beat::heartbeat)
                .filter(beat -> !beat.getLeaving())
                .toList();
    }

    @Override
    public long sessions() {
        return tables.sessionCount();
    }

    @Override
    public long maxSessions() {
        long places = workers().stream().mapToLong(WorkerHeartbeat::getMaxSessions).sum();
        return Math.min(places, tables.orders().maxSessions().orElse(Integer.MAX_VALUE));
    }

    @Override
    public Map<String, Fraction> prices() {
        Map<String, Fraction> prices = new TreeMap<>();
        prices.put(EVERYBODY, options.price());
        tables.orders()
                .prices(System.currentTimeMillis())
                .forEach(
                        (scope, price) -> {
                            if (scope.isEmpty()) {
                                prices.put(EVERYBODY, price);
                            } else if (scope.startsWith(SENDER)) {
                                prices.put(scope.substring(SENDER.length()), price);
                            }
                        });
        return prices;
    }

    @Override
    public void setPrice(String sender, Fraction weiPerPixel) {
        String scope = sender.equals(EVERYBODY) ? "" : SENDER + sender;
        ControlCommand command =
                ControlCommand.newBuilder()
                        .setId(UUID.randomUUID().toString())
                        .setTarget(scope.isEmpty() ? "everybody" : scope)
                        .setIssuedAtMs(System.currentTimeMillis())
                        .setCommand(new SetPrice(scope, weiPerPixel.toRational()))
                        .build();
        try (ControlProducer control = control()) {
            control.send(command);
        }
    }

    @Override
    public void setMaxSessions(int most) {
        try (ControlProducer control = control()) {
            control.send(new SessionLimit(most));
        }
    }

    private ControlProducer control() {
        return new ControlProducer(options.address(), options.secret().secret());
    }
}

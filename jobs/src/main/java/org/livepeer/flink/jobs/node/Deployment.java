package org.livepeer.flink.jobs.node;

import io.micrometer.core.instrument.MeterRegistry;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.edge.admin.NodeView;
import org.livepeer.flink.connectors.edge.feed.Tables;
import org.livepeer.flink.connectors.edge.payment.ChainFeed;
import org.livepeer.flink.connectors.ethereum.keys.Messages;
import org.livepeer.flink.connectors.ethereum.network.RpcNetworkState;
import org.livepeer.flink.connectors.ethereum.settle.OrderForms;
import org.livepeer.flink.connectors.kafka.client.ControlProducer;
import org.livepeer.flink.connectors.kafka.client.OrderDesk;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.operators.network.NetworkState;
import org.livepeer.flink.operators.price.Price;
import org.livepeer.flink.operators.price.PriceOrigin;
import org.livepeer.flink.operators.ticket.EthAddress;
import org.livepeer.flink.schemas.ChainHead;
import org.livepeer.flink.schemas.ChainOrder;
import org.livepeer.flink.schemas.ControlCommand;
import org.livepeer.flink.schemas.Event;
import org.livepeer.flink.schemas.SenderEntry;
import org.livepeer.flink.schemas.SessionLimit;
import org.livepeer.flink.schemas.SettlementOrder;
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
    private final PriceKeeper keeper;
    private @Nullable Account account;
    private volatile @Nullable ChainFeed feed;

    Deployment(NodeOptions options, Tables tables, MeterRegistry meters) {
        this.options = options;
        this.tables = tables;
        this.keeper = new PriceKeeper(options.pricing(), tables.orders(), this::command, meters);
    }

    /** From now on it knows the chain by that. */
    void follow(ChainFeed followed) {
        feed = followed;
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
                .orders(System.currentTimeMillis())
                .forEach(
                        (scope, order) -> {
                            Fraction price = order.weiPerPixel();
                            if (scope.isEmpty()) {
                                prices.put(EVERYBODY, price);
                            } else if (scope.startsWith(SENDER)) {
                                prices.put(scope.substring(SENDER.length()), price);
                            }
                        });
        return prices;
    }

    @Override
    public void setPrice(String sender, Price price) {
        String scope = sender.equals(EVERYBODY) ? "" : SENDER + sender;
        keeper.order(scope, price, PriceOrigin.By.ROUTE, PriceOrigin.Why.SET);
    }

    /** Gives an order of the operator. */
    void command(ControlCommand command) {
        try (ControlProducer control = control()) {
            control.send(command);
        }
    }

    /** Keeps the deployment's prices. */
    PriceKeeper keeper() {
        return keeper;
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

    @Override
    public Optional<OnChain> onChain() {
        ChainAccess access = options.chain();
        if (access == null) {
            return Optional.empty();
        }
        synchronized (this) {
            if (account == null) {
                account = new Account(access);
            }
            return Optional.of(account);
        }
    }

    /** The node's account; orders go through Kafka, whichever node settles. */
    private final class Account implements OnChain {
        private final ChainAccess access;
        private final String address;
        private @Nullable NetworkState network;
        private @Nullable Messages messages;

        Account(ChainAccess access) {
            this.access = access;
            this.address = access.accountAddress();
        }

        @Override
        public String account() {
            return EthAddress.parse(address).toString();
        }

        @Override
        public String order(String action, Map<String, String> arguments) {
            OrderForms.refusal(action, arguments)
                    .ifPresent(
                            flaw -> {
                                throw new IllegalArgumentException(flaw);
                            });
            Event end =
                    new OrderDesk(options.address(), options.secret().secret())
                            .give(
                                    SettlementOrder.newBuilder()
                                            .setId(UUID.randomUUID().toString())
                                            .setAccount(
                                                    ByteBuffer.wrap(
                                                            EthAddress.parse(address).bytes()))
                                            .setIssuedAtMs(System.currentTimeMillis())
                                            .setOrder(new ChainOrder(action, arguments))
                                            .build(),
                                    PATIENCE,
                                    event -> {});
            if (end == null) {
                throw new IllegalStateException(
                        action
                                + " has not ended within "
                                + PATIENCE.toSeconds()
                                + " s, and still may");
            }
            if (!end.getType().equals("OrderDone")) {
                throw new IllegalStateException(end.getReason());
            }
            return end.getNumbers().getOrDefault("transaction", "");
        }

        @Override
        public synchronized NetworkState network() {
            if (network == null) {
                try {
                    network =
                            RpcNetworkState.of(
                                    access.chain().ethUrl(), access.chain().controller());
                } catch (IllegalArgumentException e) {
                    throw new IllegalStateException(e.getMessage(), e);
                }
            }
            return network;
        }

        @Override
        public byte[] sign(String text) {
            return messages().signText(text);
        }

        @Override
        public byte[] signTyped(String json) {
            return messages().signTyped(json);
        }

        /** Opening a keystore takes a second: once is enough. */
        private synchronized Messages messages() {
            if (messages == null) {
                try {
                    messages = new Messages(access.key());
                } catch (IllegalArgumentException e) {
                    throw new IllegalStateException(e.getMessage(), e);
                }
            }
            return messages;
        }

        @Override
        public BigInteger maxGasPrice() {
            return access.settling().maxGasPrice();
        }

        @Override
        public ChainHead head() {
            return feed().head();
        }

        @Override
        public Optional<SenderEntry> funds() {
            return feed().sender(EthAddress.parse(address));
        }

        private ChainFeed feed() {
            ChainFeed known = feed;
            if (known == null) {
                throw new IllegalStateException("this process does not follow the chain");
            }
            return known;
        }
    }
}

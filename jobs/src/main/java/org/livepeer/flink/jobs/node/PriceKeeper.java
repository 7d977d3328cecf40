package org.livepeer.flink.jobs.node;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.edge.feed.OperatorOrders;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.operators.price.ExchangeRate;
import org.livepeer.flink.operators.price.Price;
import org.livepeer.flink.operators.price.PriceOrigin;
import org.livepeer.flink.operators.price.PriceOrigin.By;
import org.livepeer.flink.operators.price.PriceOrigin.Why;
import org.livepeer.flink.schemas.ControlCommand;
import org.livepeer.flink.schemas.SetPrice;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes wei of prices in other currencies, as signed orders that every edge and the job count by
 * alike and that outlive all of them.
 *
 * <p>The rate is read each whole hour, with four more tries (go-livepeer {@code
 * eth/watchers/pricefeedwatcher.go}); while it cannot be read, or says nothing that can be, the
 * last orders stand. An order is given only when its wei differ from those of the last.
 */
public final class PriceKeeper implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PriceKeeper.class);
    private static final Duration RETRY = Duration.ofSeconds(30);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final int TRIES = 5;

    private final Pricing pricing;
    private final OperatorOrders orders;
    private final Consumer<ControlCommand> control;
    private final Counter failures;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    private volatile @Nullable ExchangeRate rate;
    private volatile long readAtMs = System.currentTimeMillis();

    /**
     * @param pricing prices of flags and the feed
     * @param orders what was ordered so far
     * @param control takes orders
     */
    public PriceKeeper(
            Pricing pricing,
            OperatorOrders orders,
            Consumer<ControlCommand> control,
            MeterRegistry meters) {
        this.pricing = pricing;
        this.orders = orders;
        this.control = control;
        this.rate = pricing.rate();
        this.failures =
                Counter.builder("livepeer.price.feed.failures")
                        .description("readings of the price feed that gave no rate")
                        .register(meters);
        Gauge.builder("livepeer.price.feed.age", this, PriceKeeper::age)
                .baseUnit("seconds")
                .description("how long ago the feed's rate was made; 0 when none is needed")
                .register(meters);
    }

    private double age() {
        ExchangeRate known = rate;
        return known == null ? 0 : (System.currentTimeMillis() - known.updatedAtMs()) / 1_000.0;
    }

    /**
     * Begins to keep the prices once the orders are read.
     *
     * @param waitingFor what is not read yet; empty when all is
     */
    public void start(Supplier<String> waitingFor) {
        clock.schedule(() -> begin(waitingFor), 0, TimeUnit.SECONDS);
    }

    private void begin(Supplier<String> waitingFor) {
        if (!waitingFor.get().isEmpty()) {
            clock.schedule(() -> begin(waitingFor), 1, TimeUnit.SECONDS);
            return;
        }
        try {
            applyFlags();
            refresh(1);
        } catch (RuntimeException e) {
            LOG.warn("prices not ordered, tried again in 30 s cause={}", e.toString());
            clock.schedule(() -> begin(waitingFor), RETRY.toSeconds(), TimeUnit.SECONDS);
        }
    }

    /** Orders what the flags say, where nobody has set another price by hand. */
    public void applyFlags() {
        Map<String, OperatorOrders.Order> newest = orders.newest();
        if (pricing.base().needsRate() || newest.containsKey("")) {
            applyFlag(newest, "", pricing.base());
        }
        pricing.others().forEach((scope, price) -> applyFlag(newest, scope, price));
    }

    private void applyFlag(Map<String, OperatorOrders.Order> newest, String scope, Price price) {
        OperatorOrders.Order last = newest.get(scope);
        PriceOrigin origin = last == null ? null : PriceOrigin.of(last.commandId()).orElse(null);
        boolean isOldFlag =
                origin != null && origin.by() == By.OPTION && !origin.price().equals(price);
        if (last == null || isOldFlag) {
            order(scope, price, By.OPTION, Why.SET);
        }
    }

    private void refresh(int attempt) {
        boolean failed = false;
        try {
            if (pricing.feed() != null && needsRate()) {
                follow();
            }
        } catch (RuntimeException e) {
            failed = true;
            failures.increment();
            LOG.warn(
                    "rate not renewed, prices stay as they are attempt={} cause={}",
                    attempt,
                    e.getMessage());
        }
        if (failed && attempt < TRIES) {
            long pause = RETRY.toSeconds() << (attempt - 1);
            clock.schedule(() -> refresh(attempt + 1), pause, TimeUnit.SECONDS);
        } else {
            long hour = HOUR.toMillis();
            long pause = hour - System.currentTimeMillis() % hour;
            clock.schedule(() -> refresh(1), pause, TimeUnit.MILLISECONDS);
        }
    }

    private boolean needsRate() {
        return orders.newest().values().stream()
                .flatMap(order -> PriceOrigin.of(order.commandId()).stream())
                .anyMatch(origin -> origin.price().needsRate());
    }

    /**
     * Reads the rate and orders the prices that it changes.
     *
     * @throws IllegalStateException when it cannot be read, or Kafka does not take an order
     */
    public void follow() {
        ExchangeRate now = renewed();
        for (OperatorOrders.Order last : orders.newest().values()) {
            PriceOrigin origin = PriceOrigin.of(last.commandId()).orElse(null);
            if (origin == null || !origin.price().needsRate() || isNewer(origin.rate(), now)) {
                continue;
            }
            try {
                if (!origin.price().wei(now).equals(last.weiPerPixel())) {
                    order(last.scope(), origin.price(), origin.by(), Why.RATE);
                }
            } catch (IllegalArgumentException e) {
                failures.increment();
                LOG.warn(
                        "price not converted, the last one stands scope={} cause={}",
                        last.scope(),
                        e.getMessage());
            }
        }
    }

    /** Where no clock reads it, an order does when it is an hour old. */
    private @Nullable ExchangeRate current() {
        ExchangeRate known = rate;
        if (known != null && System.currentTimeMillis() - readAtMs < HOUR.toMillis()) {
            return known;
        }
        try {
            return renewed();
        } catch (IllegalStateException e) {
            failures.increment();
            if (known == null) {
                throw e;
            }
            LOG.warn("rate not renewed, the known one counts cause={}", e.getMessage());
            return known;
        }
    }

    /** Another node may have read a later rate: nobody goes back behind it. */
    private static boolean isNewer(@Nullable ExchangeRate one, @Nullable ExchangeRate other) {
        return one != null && other != null && one.updatedAtMs() > other.updatedAtMs();
    }

    /** A rate that is not newer than the known one says nothing new. */
    private synchronized @Nullable ExchangeRate renewed() {
        ExchangeRate known = rate;
        if (pricing.feed() != null) {
            ExchangeRate read = pricing.feed().read();
            readAtMs = System.currentTimeMillis();
            if (known == null || read.updatedAtMs() > known.updatedAtMs()) {
                rate = read;
                return read;
            }
        }
        return known;
    }

    /**
     * Orders a price.
     *
     * @throws IllegalArgumentException when it cannot be converted, in go-livepeer's words
     * @throws IllegalStateException when the feed cannot be read, or Kafka does not take the order
     */
    public void order(String scope, Price price, By by, Why why) {
        ExchangeRate now = price.needsRate() ? current() : null;
        Fraction wei = price.wei(now);
        String unique = UUID.randomUUID().toString().substring(0, 8);
        control.accept(
                ControlCommand.newBuilder()
                        .setId(new PriceOrigin(by, why, price, now).commandId(unique))
                        .setTarget(scope.isEmpty() ? "everybody" : scope)
                        .setIssuedAtMs(System.currentTimeMillis())
                        .setCommand(new SetPrice(scope, wei.toRational()))
                        .build());
        LOG.info(
                "price ordered scope={} wei={} amount={} currency={} why={}",
                scope.isEmpty() ? "everybody" : scope,
                wei,
                price.perPixel(),
                price.currency(),
                why);
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}

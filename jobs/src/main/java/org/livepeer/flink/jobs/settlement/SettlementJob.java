package org.livepeer.flink.jobs.settlement;

import org.apache.avro.specific.SpecificRecordBase;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.formats.avro.typeutils.AvroTypeInfo;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.connectors.kafka.sink.TopicSinks;
import org.livepeer.flink.connectors.kafka.source.TopicSources;
import org.livepeer.flink.operators.Tags;
import org.livepeer.flink.operators.admit.Claim;
import org.livepeer.flink.operators.settlement.SettlementFunction;
import org.livepeer.flink.operators.settlement.SettlementRecords;
import org.livepeer.flink.schemas.OutboxEntry;
import org.livepeer.flink.schemas.SettlementInput;

/**
 * Settlement.
 *
 * <pre>
 *  winning-tickets ─┐                    ┌─► transactions (the outbox) ─┐
 *  orders ──────────┼─► SETTLE (account) ┤                              │
 *               ┌──►┘      ▲             └─► redemptions, events        │
 *               │          └── looks at the chain, and sends            │
 *               └───────────────── read back ◄──────────────────────────┘
 * </pre>
 *
 * <p>Its state can be lost without harm: the outbox says what was signed, the chain what became of
 * it. Of two that run for the same account the later one goes on.
 */
public final class SettlementJob {
    private SettlementJob() {}

    /** Entry point of {@code flink run -c}; arguments as {@link SettlementJobOptions#fromArgs}. */
    public static void main(String[] args) throws Exception {
        SettlementJobOptions options = SettlementJobOptions.fromArgs(args);
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        build(env, options);
        env.execute(name(options.kafka().topicPrefix()));
    }

    /** The job's name in Flink, of a deployment with that prefix of topics. */
    public static String name(String topicPrefix) {
        return topicPrefix.isEmpty() ? "settlement" : "settlement " + topicPrefix;
    }

    /** Lays the pipeline. */
    public static void build(StreamExecutionEnvironment env, SettlementJobOptions options) {
        TypeInformation<SettlementInput> type = new AvroTypeInfo<>(SettlementInput.class);
        String account = options.accountName();
        SingleOutputStreamOperator<SettlementInput> wins =
                read(
                        env,
                        options,
                        Topics.WINNING_TICKETS,
                        SettlementRecords.wins(options.secret(), account));
        SingleOutputStreamOperator<SettlementInput> orders =
                read(
                        env,
                        options,
                        Topics.ORDERS,
                        SettlementRecords.orders(options.secret(), account));
        SingleOutputStreamOperator<SettlementInput> outbox =
                read(
                        env,
                        options,
                        Topics.TRANSACTIONS,
                        SettlementRecords.outbox(options.secret(), account));
        DataStream<SettlementInput> begin =
                env.fromData(type, new SettlementInput(account, 0L, null))
                        .setParallelism(1)
                        .uid("settlement-begin")
                        .name("begin");
        SingleOutputStreamOperator<OutboxEntry> settled =
                wins.union(orders, outbox, begin)
                        .keyBy(SettlementInput::getAccount)
                        .process(
                                new SettlementFunction(
                                        options.settlement(),
                                        options.secret(),
                                        options.chain(),
                                        options.key()))
                        .returns(new AvroTypeInfo<>(OutboxEntry.class))
                        .setParallelism(1)
                        .uid("settlement")
                        .name("SETTLE");

        TopicSinks sinks = new TopicSinks(options.kafka(), options.secret());
        settled.sinkTo(sinks.transactions())
                .setParallelism(1)
                .uid("transactions-out")
                .name("transactions");
        settled.getSideOutput(SettlementFunction.REDEMPTIONS)
                .sinkTo(sinks.redemptions())
                .setParallelism(1)
                .uid("redemptions")
                .name("redemptions");
        settled.getSideOutput(Tags.EVENTS)
                .sinkTo(sinks.events())
                .setParallelism(1)
                .uid("settlement-events")
                .name("events");
        wins.getSideOutput(Tags.DEAD_LETTERS)
                .union(
                        orders.getSideOutput(Tags.DEAD_LETTERS),
                        outbox.getSideOutput(Tags.DEAD_LETTERS))
                .sinkTo(sinks.deadLetters())
                .setParallelism(1)
                .uid("settlement-dead-letter")
                .name("dead-letter");
    }

    private static <T extends SpecificRecordBase> SingleOutputStreamOperator<SettlementInput> read(
            StreamExecutionEnvironment env,
            SettlementJobOptions options,
            Topics topic,
            SettlementRecords<T> admitted) {
        return env.fromSource(
                        new TopicSources(options.kafka(), 0, Claim.at(0)).of(topic),
                        WatermarkStrategy.noWatermarks(),
                        topic.baseName())
                .setParallelism(1)
                .uid("settlement-" + topic.baseName())
                .process(admitted)
                .returns(new AvroTypeInfo<>(SettlementInput.class))
                .setParallelism(1)
                .uid("settlement-admit-" + topic.baseName())
                .name("admit " + topic.baseName());
    }
}

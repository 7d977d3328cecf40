package org.livepeer.flink.jobs.chain;

import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.formats.avro.typeutils.AvroTypeInfo;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.livepeer.flink.connectors.ethereum.chain.BlockSource;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.connectors.kafka.sink.TopicSinks;
import org.livepeer.flink.connectors.kafka.source.TopicSources;
import org.livepeer.flink.operators.Tags;
import org.livepeer.flink.operators.admit.Claim;
import org.livepeer.flink.operators.chain.BlockFunction;
import org.livepeer.flink.operators.chain.ChainFunction;
import org.livepeer.flink.operators.ticket.EthAddress;
import org.livepeer.flink.schemas.ChainBlock;
import org.livepeer.flink.schemas.ChainHead;

/**
 * The chain.
 *
 * <pre>
 *  a node ─► blocks ─► chain (topic) ─► CHAIN ─► rounds, senders, orchestrators
 * </pre>
 *
 * <p>It has state of its own, and a deployment that loses it loses nothing: the topic {@code chain}
 * is read again from its beginning. Two that run at the same time write the same rows.
 */
public final class ChainJob {
    private ChainJob() {}

    /** Entry point of {@code flink run -c}; arguments as {@link ChainJobOptions#fromArgs}. */
    public static void main(String[] args) throws Exception {
        ChainJobOptions options = ChainJobOptions.fromArgs(args);
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        build(env, options);
        env.execute(name(options.kafka().topicPrefix()));
    }

    /** The job's name in Flink, of a deployment with that prefix of topics. */
    public static String name(String topicPrefix) {
        return topicPrefix.isEmpty() ? "chain" : "chain " + topicPrefix;
    }

    /** Lays the pipeline. */
    public static void build(StreamExecutionEnvironment env, ChainJobOptions options) {
        TopicSinks sinks = new TopicSinks(options.kafka(), options.secret());
        env.fromSource(
                        new BlockSource(options.chain()),
                        WatermarkStrategy.noWatermarks(),
                        "blocks",
                        new AvroTypeInfo<>(ChainBlock.class))
                .setParallelism(1)
                .uid("blocks")
                .sinkTo(sinks.chain())
                .setParallelism(1)
                .uid("chain-out")
                .name("chain");

        SingleOutputStreamOperator<ChainBlock> blocks =
                env.fromSource(
                                new TopicSources(options.kafka(), 0, Claim.at(0)).of(Topics.CHAIN),
                                WatermarkStrategy.noWatermarks(),
                                Topics.CHAIN.baseName())
                        .setParallelism(1)
                        .uid("chain")
                        .process(new BlockFunction(options.secret()))
                        .returns(new AvroTypeInfo<>(ChainBlock.class))
                        .setParallelism(1)
                        .uid("admit-blocks")
                        .name("admit blocks");
        SingleOutputStreamOperator<ChainHead> heads =
                blocks.keyBy(ChainBlock::getChainId)
                        .process(new ChainFunction(EthAddress.of(options.recipientBytes())))
                        .returns(new AvroTypeInfo<>(ChainHead.class))
                        .setParallelism(1)
                        .uid("chain-fold")
                        .name("CHAIN");
        heads.sinkTo(sinks.rounds()).setParallelism(1).uid("rounds").name("rounds");
        heads.getSideOutput(ChainFunction.SENDERS)
                .sinkTo(sinks.senders())
                .setParallelism(1)
                .uid("senders")
                .name("senders");
        heads.getSideOutput(ChainFunction.ORCHESTRATORS)
                .sinkTo(sinks.orchestrators())
                .setParallelism(1)
                .uid("orchestrators")
                .name("orchestrators");
        blocks.getSideOutput(Tags.DEAD_LETTERS)
                .sinkTo(sinks.deadLetters())
                .setParallelism(1)
                .uid("chain-dead-letter")
                .name("dead-letter");
    }
}

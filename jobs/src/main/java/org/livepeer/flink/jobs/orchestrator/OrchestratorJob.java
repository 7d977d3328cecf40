package org.livepeer.flink.jobs.orchestrator;

import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.FilterFunction;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.formats.avro.typeutils.AvroTypeInfo;
import org.apache.flink.streaming.api.datastream.AsyncDataStream;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.connectors.kafka.client.SubtaskProducer;
import org.livepeer.flink.connectors.kafka.sink.RenditionRecords;
import org.livepeer.flink.connectors.kafka.sink.TopicSinks;
import org.livepeer.flink.connectors.kafka.source.TopicSources;
import org.livepeer.flink.operators.Tags;
import org.livepeer.flink.operators.admit.AdmitFunction;
import org.livepeer.flink.operators.admit.ControlFunction;
import org.livepeer.flink.operators.admit.EpochFunction;
import org.livepeer.flink.operators.admit.IntakeFunction;
import org.livepeer.flink.operators.admit.ReceiptFunction;
import org.livepeer.flink.operators.admit.SubtaskFunction;
import org.livepeer.flink.operators.admit.WorkerFunction;
import org.livepeer.flink.operators.assign.AssignFunction;
import org.livepeer.flink.operators.ledger.LedgerFunction;
import org.livepeer.flink.operators.ticket.PaymentFunction;
import org.livepeer.flink.operators.ticket.TicketsFunction;
import org.livepeer.flink.operators.transcode.WorkerClient;
import org.livepeer.flink.operators.work.SettleFunction;
import org.livepeer.flink.operators.work.WorkFunction;
import org.livepeer.flink.schemas.Answer;
import org.livepeer.flink.schemas.AnswerKind;
import org.livepeer.flink.schemas.AssignInput;
import org.livepeer.flink.schemas.CheckedPayment;
import org.livepeer.flink.schemas.ControlCommand;
import org.livepeer.flink.schemas.DeadLetter;
import org.livepeer.flink.schemas.DrainWorker;
import org.livepeer.flink.schemas.Epoch;
import org.livepeer.flink.schemas.Event;
import org.livepeer.flink.schemas.FundedRequest;
import org.livepeer.flink.schemas.Intake;
import org.livepeer.flink.schemas.LedgerInput;
import org.livepeer.flink.schemas.Outcome;
import org.livepeer.flink.schemas.PlacedRequest;
import org.livepeer.flink.schemas.Receipt;
import org.livepeer.flink.schemas.TopicRecord;

/**
 * The orchestrator.
 *
 * <pre>
 *  payments ─► admit ─► TICKETS (by token session) ──credit─┐  └─► winning-tickets
 *                         ▼───────────────────────────────┘
 *  segments ─► admit ─► LEDGER (by account) ─► ASSIGN (by cell) ─► WORK (async) ─┬─► results, renditions
 *                ▲        ▲    ▲                 ▲   ▲                           └─► receipts ─┐
 *                └─control┘    │                 │   └─ workers, subtasks                      │
 *                              └─────────────────┴─────────────── receipts ◄──────────────────-┘
 *  side outputs: ledger, sessions, liveness, events, dead-letter
 * </pre>
 */
public final class OrchestratorJob {
    /** Key groups; fixed for the life of a deployment's state. */
    public static final int MAX_PARALLELISM = 128;

    private static final long LAST_RESORT_MINUTES = 10;

    private OrchestratorJob() {}

    /** Entry point of {@code flink run}; arguments as {@link OrchestratorOptions#fromArgs}. */
    public static void main(String[] args) throws Exception {
        OrchestratorOptions options = OrchestratorOptions.fromArgs(args);
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        Tenure tenure = Tenure.take(options, (Configuration) env.getConfiguration());
        build(env, options, tenure, new WorkerClients(options.kafka(), options.secret()));
        env.execute(name(options.kafka().topicPrefix()));
    }

    /** The job's name in Flink, of a deployment with that prefix of topics. */
    public static String name(String topicPrefix) {
        return topicPrefix.isEmpty() ? "orchestrator" : "orchestrator " + topicPrefix;
    }

    /** Lays the pipeline. */
    public static void build(
            StreamExecutionEnvironment env,
            OrchestratorOptions options,
            Tenure tenure,
            WorkerClient.Factory workers) {
        env.setMaxParallelism(MAX_PARALLELISM);
        env.getConfig().enableObjectReuse();
        env.setBufferTimeout(0);
        TopicSources sources =
                new TopicSources(options.kafka(), tenure.startAtMs(), tenure.claim());

        SingleOutputStreamOperator<Intake> segments =
                read(env, sources, Topics.SEGMENTS)
                        .process(new IntakeFunction(options.admit(), options.secret()))
                        .returns(new AvroTypeInfo<>(Intake.class))
                        .uid("intake")
                        .name("intake");
        SingleOutputStreamOperator<LedgerInput> control =
                read(env, sources, Topics.CONTROL)
                        .process(new ControlFunction(options.secret()))
                        .setParallelism(1)
                        .uid("admit-control")
                        .name("admit control");
        SingleOutputStreamOperator<CheckedPayment> payments =
                read(env, sources, Topics.PAYMENTS)
                        .process(new PaymentFunction(options.secret()))
                        .returns(new AvroTypeInfo<>(CheckedPayment.class))
                        .uid("admit-payments")
                        .name("admit payments");
        SingleOutputStreamOperator<LedgerInput> credits =
                payments.keyBy(checked -> checked.getPayment().getSessionId())
                        .process(new TicketsFunction(tenure.claim()))
                        .returns(new AvroTypeInfo<>(LedgerInput.class))
                        .uid("tickets")
                        .name("TICKETS");
        SingleOutputStreamOperator<LedgerInput> receipts =
                read(env, sources, Topics.RECEIPTS)
                        .process(new ReceiptFunction(options.secret()))
                        .uid("admit-receipts")
                        .name("admit receipts");
        SingleOutputStreamOperator<AssignInput> beats =
                read(env, sources, Topics.WORKERS)
                        .process(new WorkerFunction(options.secret(), options.admit().cell()))
                        .setParallelism(1)
                        .uid("admit-workers")
                        .name("admit workers");
        SingleOutputStreamOperator<AssignInput> subtasks =
                read(env, sources, Topics.SUBTASKS)
                        .process(new SubtaskFunction(options.secret(), options.admit().cell()))
                        .setParallelism(1)
                        .uid("admit-subtasks")
                        .name("admit subtasks");
        SingleOutputStreamOperator<Epoch> epochs =
                read(env, sources, Topics.EPOCHS)
                        .process(
                                new EpochFunction(
                                        options.secret(),
                                        tenure.epochId(),
                                        tenure.claim(),
                                        tenure.mustRestore()))
                        .setParallelism(1)
                        .uid("admit-epochs")
                        .name("admit epochs");
        epochs.sinkTo(new DiscardingSink<>())
                .setParallelism(1)
                .uid("epochs-end")
                .name("epochs end");

        SingleOutputStreamOperator<LedgerInput> admitted =
                segments.connect(control.broadcast(AdmitFunction.BINDINGS))
                        .process(new AdmitFunction())
                        .uid("admit")
                        .name("admit");

        SingleOutputStreamOperator<FundedRequest> funded =
                admitted.union(
                                credits,
                                receipts,
                                only(control, "accounts", OrchestratorJob::isForAccount))
                        .keyBy(LedgerInput::getAccount)
                        .connect(control.broadcast(LedgerFunction.PRICES))
                        .process(new LedgerFunction(options.ledger(), tenure.claim()))
                        .uid("ledger")
                        .name("LEDGER");

        SingleOutputStreamOperator<PlacedRequest> placed =
                toAssign(funded, "funded", OrchestratorJob::ofFunded)
                        .union(
                                toAssign(receipts, "receipts", OrchestratorJob::ofReceipt),
                                toAssign(
                                        only(control, "cells", input -> !isForAccount(input)),
                                        "control",
                                        OrchestratorJob::ofCommand),
                                beats,
                                subtasks)
                        .keyBy(AssignInput::getCell)
                        .process(new AssignFunction(options.assign(), tenure.claim()))
                        .uid("assign")
                        .name("ASSIGN");

        SingleOutputStreamOperator<Outcome> outcomes =
                AsyncDataStream.unorderedWait(
                                placed.partitionCustom(
                                        OrchestratorJob::subtask, OrchestratorJob::place),
                                new WorkFunction(
                                        workers,
                                        new SubtaskProducer.Factory(
                                                options.kafka(), options.secret()),
                                        tenure.claim()),
                                LAST_RESORT_MINUTES,
                                TimeUnit.MINUTES,
                                options.workCapacity())
                        .returns(new AvroTypeInfo<>(Outcome.class))
                        .uid("work")
                        .name("WORK");
        SingleOutputStreamOperator<Answer> done =
                outcomes.process(new SettleFunction()).uid("settle").name("settle");

        write(
                options, control, receipts, beats, subtasks, epochs, segments, payments, credits,
                admitted, funded, placed, done);
    }

    private static void write(
            OrchestratorOptions options,
            SingleOutputStreamOperator<LedgerInput> control,
            SingleOutputStreamOperator<LedgerInput> receipts,
            SingleOutputStreamOperator<AssignInput> beats,
            SingleOutputStreamOperator<AssignInput> subtasks,
            SingleOutputStreamOperator<Epoch> epochs,
            SingleOutputStreamOperator<Intake> segments,
            SingleOutputStreamOperator<CheckedPayment> payments,
            SingleOutputStreamOperator<LedgerInput> credits,
            SingleOutputStreamOperator<LedgerInput> admitted,
            SingleOutputStreamOperator<FundedRequest> funded,
            SingleOutputStreamOperator<PlacedRequest> placed,
            SingleOutputStreamOperator<Answer> done) {
        TopicSinks sinks = new TopicSinks(options.kafka(), options.secret());
        answer(done, "", sinks);
        answer(
                segments.getSideOutput(Tags.ANSWERS)
                        .union(
                                admitted.getSideOutput(Tags.ANSWERS),
                                funded.getSideOutput(Tags.ANSWERS),
                                placed.getSideOutput(Tags.ANSWERS)),
                "refused-",
                sinks);
        DataStream<Receipt> settled =
                done.getSideOutput(Tags.RECEIPTS).union(placed.getSideOutput(Tags.RECEIPTS));
        settled.sinkTo(sinks.receipts()).uid("receipts-out").name("receipts");
        credits.getSideOutput(Tags.WINS)
                .sinkTo(sinks.wins())
                .uid("winning-tickets")
                .name("winning tickets");
        funded.getSideOutput(Tags.LEDGER).sinkTo(sinks.ledger()).uid("ledger-out").name("ledger");
        placed.getSideOutput(Tags.SESSIONS)
                .sinkTo(sinks.sessions())
                .uid("sessions-out")
                .name("sessions");
        placed.getSideOutput(Tags.LIVENESS)
                .sinkTo(sinks.liveness())
                .uid("liveness-out")
                .name("liveness");
        DataStream<Event> events =
                funded.getSideOutput(Tags.EVENTS).union(placed.getSideOutput(Tags.EVENTS));
        events.sinkTo(sinks.events()).uid("events-out").name("events");
        DataStream<DeadLetter> deadLetters =
                segments.getSideOutput(Tags.DEAD_LETTERS)
                        .union(
                                admitted.getSideOutput(Tags.DEAD_LETTERS),
                                payments.getSideOutput(Tags.DEAD_LETTERS),
                                control.getSideOutput(Tags.DEAD_LETTERS),
                                receipts.getSideOutput(Tags.DEAD_LETTERS),
                                beats.getSideOutput(Tags.DEAD_LETTERS),
                                subtasks.getSideOutput(Tags.DEAD_LETTERS),
                                epochs.getSideOutput(Tags.DEAD_LETTERS));
        deadLetters.sinkTo(sinks.deadLetters()).uid("dead-letter").name("dead-letter");
    }

    /**
     * Answers to their topics. Those with media are not united with the refusals: so these sinks
     * run chained to settle, and no media is copied from task to task on its way out.
     */
    private static void answer(DataStream<Answer> answers, String which, TopicSinks sinks) {
        only(answers, which + "results", answer -> answer.getKind() == AnswerKind.RESULT)
                .sinkTo(sinks.results())
                .uid(which + "results")
                .name(which + "results");
        answers.flatMap(new RenditionRecords())
                .returns(new AvroTypeInfo<>(Answer.class))
                .uid(which + "rendition-records")
                .name(which + "rendition records")
                .sinkTo(sinks.renditions())
                .uid(which + "renditions")
                .name(which + "renditions");
    }

    private static DataStream<TopicRecord> read(
            StreamExecutionEnvironment env, TopicSources sources, Topics topic) {
        SingleOutputStreamOperator<TopicRecord> read =
                env.fromSource(
                                sources.of(topic),
                                WatermarkStrategy.noWatermarks(),
                                topic.baseName())
                        .uid(topic.baseName());
        return topic.partitions() == 1 ? read.setParallelism(1) : read;
    }

    /** The subtask on the worker's host, or below zero one that is the same for each worker. */
    private static int place(PlacedRequest request) {
        int subtask = request.getPlacement().getSubtask();
        String worker = request.getPlacement().getWorker().getWorkerId();
        return subtask >= 0 ? subtask : -1 - (worker.hashCode() & 0xffff);
    }

    private static int subtask(int place, int subtasks) {
        return Math.floorMod(place, subtasks);
    }

    private static boolean isForAccount(LedgerInput input) {
        return !(input.getMessage() instanceof ControlCommand command
                && command.getCommand() instanceof DrainWorker);
    }

    private static <T> DataStream<T> only(
            DataStream<T> stream, String which, FilterFunction<T> filter) {
        return stream.filter(filter).uid("only-" + which).name("only " + which);
    }

    private static <T> DataStream<AssignInput> toAssign(
            DataStream<T> stream, String from, MapFunction<T, AssignInput> map) {
        TypeInformation<AssignInput> type = new AvroTypeInfo<>(AssignInput.class);
        return stream.map(map).returns(type).uid("to-assign-" + from).name("to assign");
    }

    private static AssignInput ofFunded(FundedRequest funded) {
        return new AssignInput(
                funded.getRequest().getCell(), funded.getRequest().getAcceptedAtMs(), funded);
    }

    private static AssignInput ofReceipt(LedgerInput input) {
        Receipt receipt = (Receipt) input.getMessage();
        return new AssignInput(receipt.getCell(), input.getTimestampMs(), receipt);
    }

    private static AssignInput ofCommand(LedgerInput input) {
        return new AssignInput(input.getAccount(), input.getTimestampMs(), input.getMessage());
    }
}

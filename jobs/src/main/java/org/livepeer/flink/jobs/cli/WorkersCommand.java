package org.livepeer.flink.jobs.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.connectors.kafka.client.Compacted;
import org.livepeer.flink.connectors.kafka.client.ControlProducer;
import org.livepeer.flink.schemas.ControlCommand;
import org.livepeer.flink.schemas.DrainWorker;
import org.livepeer.flink.schemas.WorkerHeartbeat;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows workers; drains them. */
@Command(name = "workers", description = "Workers: capabilities, capacity, load; drain one.")
final class WorkersCommand implements Callable<Integer> {
    private static final long SILENT_MS = 5_000;

    @Mixin Connection connection = new Connection();
    @Mixin Format format = new Format();

    @Option(
            names = {"-drain", "--drain"},
            paramLabel = "WORKER",
            description = "give this worker no new session")
    @Nullable String drain;

    @Option(
            names = {"-undrain", "--undrain"},
            paramLabel = "WORKER",
            description = "take it back")
    @Nullable String undrain;

    @Option(
            names = {"-cell", "--cell"},
            defaultValue = "main",
            description = "scheduling domain of the worker")
    String cell = "main";

    @Override
    public Integer call() {
        String worker = drain != null ? drain : undrain;
        if (worker != null) {
            try (ControlProducer control =
                    new ControlProducer(connection.address(), connection.secret())) {
                control.send(
                        ControlCommand.newBuilder()
                                .setId(UUID.randomUUID().toString())
                                .setTarget(cell)
                                .setIssuedAtMs(System.currentTimeMillis())
                                .setCommand(new DrainWorker(worker, drain != null))
                                .build());
            }
        }
        List<List<String>> rows = new ArrayList<>();
        long now = System.currentTimeMillis();
        for (WorkerHeartbeat beat :
                Compacted.read(
                                connection.address(),
                                Topics.WORKERS,
                                WorkerHeartbeat.class,
                                connection.secret())
                        .values()) {
            rows.add(
                    List.of(
                            beat.getWorkerId(),
                            beat.getAddress(),
                            state(beat, now),
                            String.join(" ", beat.getDevices()),
                            Long.toString(beat.getCapacityPixelsPerSecond()),
                            Integer.toString(beat.getMaxSessions()),
                            beat.getRunning() + "/" + beat.getSlots(),
                            String.join(" ", beat.getCapabilities())));
        }
        format.print(
                List.of(
                        "worker",
                        "address",
                        "state",
                        "devices",
                        "pixels/s",
                        "max sessions",
                        "running",
                        "capabilities"),
                rows);
        return 0;
    }

    private static String state(WorkerHeartbeat beat, long now) {
        if (beat.getLeaving()) {
            return "left";
        }
        if (now - beat.getSentAtMs() > SILENT_MS) {
            return "silent";
        }
        return beat.getDraining() ? "draining" : "up";
    }
}

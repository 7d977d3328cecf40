package org.livepeer.flink.jobs.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.apache.flink.core.execution.JobClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.livepeer.flink.jobs.LocalWorkers;
import org.livepeer.flink.jobs.OrchestratorRig;
import org.livepeer.flink.jobs.cli.Commands.Said;

/** An operator's commands against a running job. */
class CommandsIT {
    @TempDir Path folder;
    private OrchestratorRig rig;
    private JobClient job;

    @BeforeEach
    void start() throws Exception {
        rig = new OrchestratorRig(folder);
        job = rig.submit(rig.options("--pricePerUnit", "3"), new LocalWorkers(10), 1, null);
        rig.announce("w1");
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    private Said run(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(
                List.of("-kafka", rig.address.bootstrapServers(), "-dataDir", folder.toString()));
        return Commands.run(all.toArray(new String[0]));
    }

    /** What the built distribution's command prints. */
    private String launcher(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("target/livepeer/bin/livepeer"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectError(folder.resolve("launcher.err").toFile());
        builder.environment().put("LIVEPEER_OPTS", "-XX:TieredStopAtLevel=1");
        Process process = builder.start();
        String out = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(Files.readString(folder.resolve("launcher.err"))).isZero();
        return out;
    }

    /** Again until it says what is expected: tables follow the job with a little delay. */
    private Said until(Predicate<Said> enough, String... arguments) throws InterruptedException {
        long end = System.nanoTime() + OrchestratorRig.PATIENCE.toNanos();
        Said said = run(arguments);
        while (!enough.test(said) && System.nanoTime() < end) {
            Thread.sleep(200);
            said = run(arguments);
        }
        assertThat(enough.test(said)).as(said.toString()).isTrue();
        return said;
    }

    @Test
    void creditIsGivenOnceSpentAndShownLiveAndFromASavepoint() throws Exception {
        Said given = run("credit", "--manifest", "cam", "--wei", "1000000000000", "--id", "one");
        assertThat(given.out()).contains("CreditGranted", "amount=1000000000000");
        assertThat(given.exitCode()).isZero();
        assertThat(run("credit", "--manifest", "cam", "--wei", "7", "--id", "one").out())
                .contains("CommandRepeated");
        assertThat(run("credit", "--manifest", "cam", "--limit", "50").out())
                .contains("CreditLimitSet");

        Said pushed =
                run(
                        "push",
                        "synthetic",
                        "--manifest",
                        "cam",
                        "--profiles",
                        "P144p30fps16x9",
                        "--fast",
                        "--segmentMs",
                        "500",
                        "--limit",
                        "3");
        assertThat(pushed.out()).contains("3 segments pushed, 3 answered, 0 failed");
        assertThat(pushed.exitCode()).isZero();

        long fees = 3 * LocalWorkers.PIXELS * 3;
        String balance = Long.toString(1_000_000_000_000L - fees);
        until(said -> said.out().contains(balance), "ledger", "cam");
        assertThat(run("ledger", "--check").out())
                .isEqualTo(
                        "1 accounts, in 1000000000000 wei, accounted for 1000000000000 wei, 0 off\n");
        assertThat(run("ledger", "--replay").out()).contains(balance + "  ok\n");
        assertThat(run("ledger", "cam", "--json").out())
                .contains("\"account\":\"manifest:cam\"", "\"balance\":\"" + balance + "\"");
        until(said -> said.out().contains("\"segments\":\"3\""), "sessions", "cam", "--json");
        assertThat(run("events", "cam").out())
                .contains("PriceFrozen", "Reserved", "Assigned", "Charged");

        String savepoint = rig.stopWithSavepoint(job);
        assertThat(launcher("ledger", "cam", "--savepoint", savepoint)).contains(balance);
        assertThat(launcher("sessions", "cam", "--savepoint", savepoint)).contains("cam", "w1");
        assertThat(run("tickets").out()).contains("ticket", "sender", "state");
        assertThat(run("tickets", "--inspect", "0x12").err()).contains("0 tickets begin with 0x12");
        assertThat(run("chain").out()).contains("fundDeposit amount=", "reward\n");
        assertThat(
                        run(
                                        "chain",
                                        "reward",
                                        "-ethAcctAddr",
                                        "0x" + "1".repeat(40),
                                        "-wait",
                                        "1",
                                        "--id",
                                        "r1")
                                .err())
                .contains("order r1 stands, but has not ended within 1 s");
        assertThat(run("ledger", "nobody").err())
                .isEqualTo("livepeer: no account is known for nobody\n");
    }

    @Test
    void aWorkerIsShownDrainedAndTakenBack() throws Exception {
        until(said -> said.out().contains("w1"), "workers");
        run("workers", "--drain", "w1");
        until(said -> said.out().contains("WorkerDrained"), "events", "cell:main");
        Said refused = run("push", "synthetic", "--manifest", "free", "--fast", "--limit", "1");
        assertThat(refused.exitCode()).isEqualTo(1);

        run("workers", "--undrain", "w1");
        until(said -> said.out().contains("WorkerTakenBack"), "events", "cell:main");
        assertThat(run("topics", "create").out())
                .isEqualTo("every topic is there and as it should be\n");
    }
}

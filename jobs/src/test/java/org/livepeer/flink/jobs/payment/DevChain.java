package org.livepeer.flink.jobs.payment;

import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.livepeer.flink.connectors.ethereum.devnet.Devnet;
import org.livepeer.flink.connectors.ethereum.devnet.Packages;
import org.livepeer.flink.connectors.ethereum.keys.AccountKey;
import org.livepeer.flink.connectors.ethereum.keys.KeyStore;
import org.livepeer.flink.jobs.Nodes;

/** A chain for development whose node dies and drops blocks. */
public final class DevChain implements AutoCloseable {
    private static final Duration BLOCK_TIME = Duration.ofMillis(500);

    /** Nothing that a test wins runs out while everything is killed. */
    private static final long ROUND_BLOCKS = 400;

    private final Devnet.Options options;
    private Devnet devnet;

    private DevChain(Devnet.Options options) throws Exception {
        this.options = options;
        devnet = Devnet.start(options);
    }

    /**
     * Starts one; empty, with the reason printed, where Node is missing.
     *
     * @param serviceAddr HOST:PORT that the orchestrator registers
     */
    public static Optional<DevChain> start(Path folder, String serviceAddr) throws Exception {
        Path packages;
        try {
            packages = Packages.in(Path.of("../target/devnet").toAbsolutePath().normalize());
        } catch (IllegalStateException e) {
            System.out.println("no chain: " + e.getMessage());
            return Optional.empty();
        }
        return Optional.of(
                new DevChain(
                        new Devnet.Options(
                                folder,
                                packages,
                                Nodes.port(),
                                BLOCK_TIME,
                                "https://" + serviceAddr,
                                ROUND_BLOCKS)));
    }

    /** What a node of the orchestrator is started with. */
    public List<String> orchestratorFlags() {
        Path folder = options.folder();
        return List.of(
                "-network",
                "devnet",
                "-ethUrl",
                devnet.uri().toString(),
                "-ethController",
                String.valueOf(devnet.facts().contracts().get("Controller")),
                "-ethKeystorePath",
                folder.resolve("orchestrator").toString(),
                "-ethPassword",
                folder.resolve("orchestrator.passphrase").toString(),
                "-ethAcctAddr",
                devnet.facts().orchestrator());
    }

    /** The gateway's key. */
    public AccountKey gateway() {
        Path folder = options.folder();
        return KeyStore.open(folder.resolve("gateway"), null, folder.resolve("gateway.passphrase"));
    }

    /** What the gateway has in its deposit, wei. */
    public BigInteger deposit() throws Exception {
        return devnet.ask("TicketBroker", "getSenderInfo(address)", devnet.facts().gateway());
    }

    /** Kills the node, and starts it again on the state that it wrote last. */
    public void die() throws Exception {
        long pid = Long.parseLong(Files.readString(options.folder().resolve("anvil.pid")).strip());
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
        devnet.close();
        devnet = Devnet.start(options);
    }

    /** Has the chain drop its newest blocks; a node that has just started has none to drop. */
    public void reorg(int depth) throws Exception {
        Thread.sleep((depth + 1) * BLOCK_TIME.toMillis());
        devnet.rpc().call("anvil_reorg", depth, new Object[0]);
    }

    @Override
    public void close() {
        devnet.close();
    }
}

package org.livepeer.flink.connectors.ethereum.devnet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.livepeer.flink.connectors.ethereum.keys.AccountKey;
import org.livepeer.flink.connectors.ethereum.keys.KeyStore;
import org.livepeer.flink.connectors.ethereum.rpc.EthRpc;
import org.livepeer.flink.connectors.ethereum.rpc.RpcException;
import org.livepeer.flink.operators.log.Repeats;
import org.slf4j.LoggerFactory;

/**
 * Anvil with the network's contracts. Made anew on the first start in a folder; later ones go on
 * with its state. Rounds are initialized as they begin, as somebody does on the live network.
 */
public final class Devnet implements AutoCloseable {
    private static final Repeats REPEATS = new Repeats(LoggerFactory.getLogger(Devnet.class));
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final BigInteger ETHER = BigInteger.TEN.pow(18);
    private static final String PASSPHRASE = "devnet";

    /** Blocks of a round, unless something else is asked for. */
    public static final long ROUND_BLOCKS = 60;

    private static final long LEAST_ROUND = 40;
    private static final String PID = "anvil.pid";

    private final FileChannel lock;
    private final Process anvil;
    private final EthRpc rpc;
    private final Sender sender;
    private final URI uri;
    private final Facts facts;
    private final ScheduledExecutorService rounds =
            Executors.newSingleThreadScheduledExecutor(
                    task -> {
                        Thread thread = new Thread(task, "devnet-rounds");
                        thread.setDaemon(true);
                        return thread;
                    });

    /**
     * What was made.
     *
     * @param deployer who owns the contracts
     * @param orchestrator is bonded and active
     * @param gateway has a deposit and a reserve of 10 ether each
     * @param contracts addresses by name
     */
    public record Facts(
            String deployer, String orchestrator, String gateway, Map<String, String> contracts) {}

    /**
     * How it is started.
     *
     * @param folder keeps its state and keystore files
     * @param packages what {@link Packages#in} gave
     * @param port of the node on loopback; 0 for a free one
     * @param blockTime between blocks
     * @param serviceUri that the orchestrator registers
     * @param roundBlocks blocks of a round; more than the {@value #LEAST_ROUND} for which tickets'
     *     parameters live: else no win could be redeemed
     */
    public record Options(
            Path folder,
            Path packages,
            int port,
            Duration blockTime,
            String serviceUri,
            long roundBlocks) {
        /** With rounds of 60 blocks. */
        public Options(
                Path folder, Path packages, int port, Duration blockTime, String serviceUri) {
            this(folder, packages, port, blockTime, serviceUri, ROUND_BLOCKS);
        }

        public Options {
            if (roundBlocks < LEAST_ROUND) {
                throw new IllegalArgumentException(
                        "-roundBlocks must be "
                                + LEAST_ROUND
                                + " or more: wins are redeemed when their parameters have expired");
            }
        }
    }

    private Devnet(FileChannel lock, Process anvil, URI uri, EthRpc rpc, Facts facts) {
        this.lock = lock;
        this.anvil = anvil;
        this.uri = uri;
        this.rpc = rpc;
        this.sender = new Sender(rpc);
        this.facts = facts;
    }

    /**
     * Starts it, and makes it on the first time.
     *
     * @throws IllegalStateException when what it needs is not there, saying what to do
     */
    public static Devnet start(Options options) throws IOException, InterruptedException {
        Artifacts artifacts = new Artifacts(options.packages());
        Files.createDirectories(options.folder());
        FileChannel lock = lock(options.folder());
        try {
            return start(options, artifacts, lock);
        } catch (IOException | InterruptedException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    private static Devnet start(Options options, Artifacts artifacts, FileChannel lock)
            throws IOException, InterruptedException {
        endOrphan(options.folder());
        int port = port(options.port());
        Process anvil = anvil(options, port);
        Files.writeString(options.folder().resolve(PID), Long.toString(anvil.pid()));
        URI uri = URI.create("http://127.0.0.1:" + port);
        EthRpc rpc = new EthRpc(List.of(uri), Duration.ofSeconds(10));
        try {
            awaitNode(anvil, rpc, options.folder());
            Path made = options.folder().resolve("devnet.json");
            Facts facts =
                    Files.exists(made)
                            ? JSON.readValue(made.toFile(), Facts.class)
                            : make(rpc, artifacts, options, made);
            for (String each : List.of(facts.deployer(), facts.orchestrator(), facts.gateway())) {
                rpc.call("anvil_impersonateAccount", each);
            }
            Devnet devnet = new Devnet(lock, anvil, uri, rpc, facts);
            devnet.rounds.scheduleWithFixedDelay(
                    devnet::initializeRound, 200, 500, TimeUnit.MILLISECONDS);
            return devnet;
        } catch (RpcException | IOException | RuntimeException | InterruptedException e) {
            anvil.destroy();
            if (e instanceof RpcException) {
                throw new IOException(
                        "the development chain could not be made: " + e.getMessage(), e);
            }
            if (e instanceof IOException io) {
                throw io;
            }
            if (e instanceof InterruptedException interrupted) {
                throw interrupted;
            }
            throw (RuntimeException) e;
        }
    }

    private static Process anvil(Options options, int port) throws IOException {
        return new ProcessBuilder(
                        Packages.anvil(options.packages()).toString(),
                        "--host",
                        "127.0.0.1",
                        "--port",
                        Integer.toString(port),
                        "--block-time",
                        String.format(
                                Locale.ROOT, "%.3f", options.blockTime().toMillis() / 1_000.0),
                        "--mixed-mining",
                        "--disable-min-priority-fee",
                        "--state",
                        options.folder().resolve("state.json").toString(),
                        "--state-interval",
                        "2",
                        "--gas-limit",
                        "60000000",
                        "--code-size-limit",
                        "100000",
                        "--silent")
                .redirectErrorStream(true)
                .redirectOutput(options.folder().resolve("anvil.log").toFile())
                .start();
    }

    private static FileChannel lock(Path folder) throws IOException {
        FileChannel channel =
                FileChannel.open(
                        folder.resolve("lock"),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() != null) {
                return channel;
            }
        } catch (OverlappingFileLockException e) {
            // This process has it.
        }
        channel.close();
        throw new IllegalStateException(
                "a chain for development already runs on " + folder + ": give another folder");
    }

    /** Whoever started the last one may have been killed without ending it. */
    private static void endOrphan(Path folder) throws IOException, InterruptedException {
        Path file = folder.resolve(PID);
        if (!Files.exists(file)) {
            return;
        }
        String pid = Files.readString(file).strip();
        Optional<ProcessHandle> orphan =
                pid.matches("\\d{1,10}")
                        ? ProcessHandle.of(Long.parseLong(pid)).filter(Devnet::isAnvil)
                        : Optional.empty();
        if (orphan.isPresent() && orphan.get().destroy()) {
            try {
                orphan.get().onExit().get(10, TimeUnit.SECONDS);
            } catch (ExecutionException | TimeoutException e) {
                orphan.get().destroyForcibly();
            }
        }
        Files.delete(file);
    }

    private static boolean isAnvil(ProcessHandle process) {
        return process.info().command().filter(command -> command.endsWith("/anvil")).isPresent();
    }

    /** One that is free: another node there would be taken for ours. */
    private static int port(int wanted) throws IOException {
        try (ServerSocket socket = new ServerSocket(wanted, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (BindException e) {
            throw new IllegalStateException(
                    "port " + wanted + " is taken: the chain for development needs another one", e);
        }
    }

    private static void awaitNode(Process anvil, EthRpc rpc, Path folder)
            throws InterruptedException {
        for (int i = 0; i < 200; i++) {
            try {
                rpc.blockNumber();
                return;
            } catch (RpcException e) {
                if (!anvil.isAlive()) {
                    throw new IllegalStateException(
                            "anvil ended at once, see " + folder.resolve("anvil.log"), e);
                }
                Thread.sleep(50);
            }
        }
        throw new IllegalStateException("anvil does not answer, see " + folder);
    }

    private static Facts make(EthRpc rpc, Artifacts artifacts, Options options, Path made)
            throws IOException, RpcException {
        String deployer = rpc.call("eth_accounts").get(0).asText();
        Contracts contracts = new Contracts(rpc, artifacts, deployer, options.roundBlocks());
        contracts.deploy();
        String orchestrator = account(rpc, options.folder().resolve("orchestrator"));
        String gateway = account(rpc, options.folder().resolve("gateway"));
        contracts.activate(orchestrator, options.serviceUri());
        contracts.fund(gateway, ETHER.multiply(BigInteger.TEN), ETHER.multiply(BigInteger.TEN));
        Facts facts = new Facts(deployer, orchestrator, gateway, new HashMap<>(contracts.all()));
        ObjectNode json = JSON.valueToTree(facts);
        JSON.writerWithDefaultPrettyPrinter().writeValue(made.toFile(), json);
        return facts;
    }

    /** A new account with ether and its keystore file. */
    private static String account(EthRpc rpc, Path folder) throws IOException, RpcException {
        byte[] key = new byte[32];
        new SecureRandom().nextBytes(key);
        key[0] &= 0x7f;
        String address = new AccountKey(key).address().toString();
        KeyStore.write(folder, key, PASSPHRASE);
        Files.writeString(folder.resolveSibling(folder.getFileName() + ".passphrase"), PASSPHRASE);
        rpc.call(
                "anvil_setBalance",
                address,
                "0x" + ETHER.multiply(BigInteger.valueOf(1_000)).toString(16));
        rpc.call("anvil_impersonateAccount", address);
        return address;
    }

    private void initializeRound() {
        try {
            if (ask("RoundsManager", "currentRoundInitialized()").signum() == 0) {
                send(facts.deployer(), "RoundsManager", BigInteger.ZERO, "initializeRound()");
            }
        } catch (RpcException | RuntimeException e) {
            REPEATS.warn("round not initialized, tried again cause={}", e.toString());
        }
    }

    /** Where its node answers. */
    public URI uri() {
        return uri;
    }

    public Facts facts() {
        return facts;
    }

    /** Its node. */
    public EthRpc rpc() {
        return rpc;
    }

    /** A number that a contract says. */
    public BigInteger ask(String contract, String signature, Object... arguments)
            throws RpcException {
        String address = facts.contracts().getOrDefault(contract, contract);
        String word = rpc.view(address, Abi.call(signature, arguments), "latest");
        return word.length() < 66 ? BigInteger.ZERO : new BigInteger(word.substring(2, 66), 16);
    }

    /** Has one of its accounts call a contract. */
    public JsonNode send(
            String from, String contract, BigInteger wei, String signature, Object... arguments)
            throws RpcException {
        String address = facts.contracts().getOrDefault(contract, contract);
        return sender.send(from, address, Abi.call(signature, arguments), wei);
    }

    @Override
    public void close() {
        rounds.shutdownNow();
        anvil.destroy();
        try {
            if (!anvil.waitFor(10, TimeUnit.SECONDS)) {
                anvil.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            anvil.destroyForcibly();
        }
        try {
            lock.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

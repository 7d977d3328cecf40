package org.livepeer.flink.jobs.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.livepeer.flink.connectors.ethereum.devnet.Devnet;
import org.livepeer.flink.connectors.ethereum.devnet.Packages;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** A chain for development, with the network's contracts on it. */
@Command(
        name = "devnet",
        description =
                "Run a chain for development with the network's contracts, a bonded orchestrator"
                        + " and a gateway with funds. Needs Node 20 with npm.")
final class DevnetCommand implements Callable<Integer> {
    @Option(
            names = {"-dataDir", "--dataDir", "-datadir", "--datadir"},
            paramLabel = "DIR",
            defaultValue = "${sys:user.home}/.livepeer-flink/devnet",
            description = "keeps the chain's state and the keystores (default: ${DEFAULT-VALUE})")
    Path dataDir = Path.of("");

    @Option(
            names = {"-port", "--port"},
            defaultValue = "8545",
            description = "of the node, on loopback (default: ${DEFAULT-VALUE})")
    int port = 8545;

    @Option(
            names = {"-blockTime", "--blockTime"},
            paramLabel = "MS",
            defaultValue = "1000",
            description = "between blocks (default: ${DEFAULT-VALUE})")
    long blockTimeMs = 1_000;

    @Option(
            names = {"-roundBlocks", "--roundBlocks"},
            defaultValue = "60",
            description =
                    "blocks of a round, when the chain is made; tickets count for two of them"
                            + " (default: ${DEFAULT-VALUE})")
    long roundBlocks = Devnet.ROUND_BLOCKS;

    @Option(
            names = {"-serviceAddr", "--serviceAddr"},
            paramLabel = "HOST:PORT",
            defaultValue = "127.0.0.1:8935",
            description = "that the orchestrator registers (default: ${DEFAULT-VALUE})")
    String serviceAddr = "";

    @Override
    public Integer call() throws Exception {
        Path folder = dataDir.toAbsolutePath();
        Devnet devnet =
                Devnet.start(
                        new Devnet.Options(
                                folder,
                                Packages.in(folder.resolve("packages")),
                                port,
                                Duration.ofMillis(blockTimeMs),
                                "https://" + serviceAddr,
                                roundBlocks));
        Runtime.getRuntime().addShutdownHook(new Thread(devnet::close, "shutdown"));
        String chain =
                "-network devnet -ethUrl "
                        + devnet.uri()
                        + " -ethController "
                        + devnet.facts().contracts().get("Controller");
        for (String each : new String[] {"orchestrator", "gateway"}) {
            String address =
                    each.equals("orchestrator")
                            ? devnet.facts().orchestrator()
                            : devnet.facts().gateway();
            Path keys = folder.resolve(each);
            System.out.println(
                    each
                            + " "
                            + address
                            + ": "
                            + chain
                            + " -ethKeystorePath "
                            + keys
                            + " -ethAcctAddr "
                            + address
                            + " -ethPassword "
                            + folder.resolve(each + ".passphrase"));
        }
        System.out.println("ready " + devnet.uri());
        System.out.flush();
        new CountDownLatch(1).await();
        return 0;
    }
}

package org.livepeer.flink.jobs.cli;

import java.math.BigInteger;
import java.nio.file.Path;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.ethereum.chain.ChainOptions;
import org.livepeer.flink.connectors.ethereum.devnet.Devnet;
import org.livepeer.flink.jobs.chain.ChainJobOptions;
import org.livepeer.flink.jobs.node.ChainAccess;
import org.livepeer.flink.operators.ticket.EthAddress;
import org.livepeer.flink.operators.ticket.Recipient;
import picocli.CommandLine.Option;

/** Flags of a node on chain, named as go-livepeer names them where it has them. */
final class ChainFlags {
    static final String OFF_CHAIN = "offchain";
    static final String ARBITRUM = "arbitrum-one-mainnet";
    static final String DEVNET = "devnet";
    static final String ARBITRUM_CONTROLLER = "0xD8E8328501E9645d16Cf49539efC04f734606ee4";

    /** wei; small, so that a stream's tickets win every few seconds. */
    private static final BigInteger DEVNET_FACE_VALUE = BigInteger.valueOf(400_000_000_000L);

    /** ETH / USD. */
    private static final String ARBITRUM_PRICE_FEED = "0x639Fe6ab55C921f74e7fac1ee960C0B6293ba612";

    private static final long L1_GAS = 350_000;
    private static final long L2_GAS = 1_200_000;

    @Option(
            names = {"-network", "--network"},
            defaultValue = OFF_CHAIN,
            description =
                    "offchain, arbitrum-one-mainnet, or devnet (default: ${DEFAULT-VALUE}); on"
                            + " chain tickets pay for every segment")
    String network = OFF_CHAIN;

    @Option(
            names = {"-ethUrl", "--ethUrl"},
            paramLabel = "URL[,URL]|FILE",
            description = "JSON-RPC of the chain's nodes, or a file with their addresses")
    @Nullable String ethUrl;

    @Option(
            names = {"-ethController", "--ethController"},
            paramLabel = "0xADDRESS",
            description = "the network's Controller (default: that of the network)")
    @Nullable String ethController;

    @Option(
            names = {"-fromBlock", "--fromBlock"},
            defaultValue = "0",
            description = "first block that is read, no later than the contracts' first")
    long fromBlock;

    @Option(
            names = {"-ethKeystorePath", "--ethKeystorePath"},
            paramLabel = "FILE|DIR",
            description = "keystore of the node's account (default: DATADIR/keystore)")
    @Nullable Path keystore;

    @Option(
            names = {"-ethAcctAddr", "--ethAcctAddr"},
            paramLabel = "0xADDRESS",
            description = "the node's account, where the keystore has several")
    @Nullable String account;

    @Option(
            names = {"-ethPassword", "--ethPassword"},
            paramLabel = "FILE",
            description = "file with the keystore's passphrase")
    @Nullable Path password;

    @Option(
            names = {"-ethOrchAddr", "--ethOrchAddr"},
            paramLabel = "0xADDRESS",
            description = "the registered orchestrator, whom tickets pay (default: the account)")
    @Nullable String orchestrator;

    @Option(
            names = {"-ticketEV", "--ticketEV"},
            paramLabel = "WEI",
            defaultValue = "8000000000",
            description = "what a ticket must be worth on average (default: ${DEFAULT-VALUE})")
    BigInteger ticketEv = BigInteger.ZERO;

    @Option(
            names = {"-maxFaceValue", "--maxFaceValue"},
            paramLabel = "WEI",
            defaultValue = "0",
            description = "most that a ticket may pay (default: no limit)")
    BigInteger maxFaceValue = BigInteger.ZERO;

    @Option(
            names = {"-redeemGas", "--redeemGas"},
            paramLabel = "GAS",
            description = "gas of a redemption (default: 1200000; 350000 on a development chain)")
    @Nullable Long redeemGas;

    @Option(
            names = {"-autoAdjustPrice", "--autoAdjustPrice"},
            arity = "0..1",
            defaultValue = "true",
            fallbackValue = "true",
            description = "put what redeeming costs on the price (default: ${DEFAULT-VALUE})")
    boolean autoAdjustPrice = true;

    @Option(
            names = {"-maxOverdraft", "--maxOverdraft"},
            paramLabel = "WEI",
            defaultValue = "",
            description =
                    "how far below zero a paying gateway may go (default: the fee of ten seconds of"
                            + " its ladder)")
    String maxOverdraft = "";

    @Option(
            names = {"-settle", "--settle"},
            arity = "0..1",
            defaultValue = "true",
            fallbackValue = "true",
            description =
                    "redeem tickets, call rewards and carry out orders with the node's account, when"
                            + " it is the orchestrator; false where another one does (default:"
                            + " ${DEFAULT-VALUE})")
    boolean settle = true;

    @Option(
            names = {"-reward", "--reward"},
            arity = "0..1",
            defaultValue = "true",
            fallbackValue = "true",
            description = "call reward in each round (default: ${DEFAULT-VALUE})")
    boolean reward = true;

    @Option(
            names = {"-initializeRound", "--initializeRound"},
            arity = "0..1",
            defaultValue = "false",
            fallbackValue = "true",
            description = "initialize rounds that nobody has (default: ${DEFAULT-VALUE})")
    boolean initializeRound;

    @Option(
            names = {"-maxGasPrice", "--maxGasPrice"},
            paramLabel = "WEI",
            defaultValue = "0",
            description = "most for a unit of gas; above it nothing is sent (default: no limit)")
    BigInteger maxGasPrice = BigInteger.ZERO;

    /** Whether a chain for development is asked for, and no running one is named. */
    boolean needsDevnet() {
        return network.equals(DEVNET) && ethUrl == null;
    }

    /** Stands on a chain for development, as its orchestrator; what was given otherwise stays. */
    void use(Devnet devnet, Path folder) {
        ethUrl = devnet.uri().toString();
        ethController = devnet.facts().contracts().get("Controller");
        keystore = folder.resolve("orchestrator");
        account = devnet.facts().orchestrator();
        password = folder.resolve("orchestrator.passphrase");
        if (maxFaceValue.signum() == 0) {
            maxFaceValue = DEVNET_FACE_VALUE;
        }
    }

    /**
     * Where the node stands on the chain; null off chain.
     *
     * @param dataDir of the node
     */
    @Nullable ChainAccess access(Path dataDir) {
        if (network.equals(OFF_CHAIN)) {
            if (ethUrl != null || ethController != null || password != null) {
                throw new IllegalArgumentException(
                        "-ethUrl, -ethController and -ethPassword go with -network "
                                + ARBITRUM
                                + " or "
                                + DEVNET
                                + ": without it nobody pays");
            }
            return null;
        }
        if (!network.equals(ARBITRUM) && !network.equals(DEVNET)) {
            throw new IllegalArgumentException(
                    "-network " + network + " is none of offchain, " + ARBITRUM + ", " + DEVNET);
        }
        boolean live = network.equals(ARBITRUM);
        String controller = ethController == null && live ? ARBITRUM_CONTROLLER : ethController;
        if (ethUrl == null || controller == null || password == null) {
            throw new IllegalArgumentException(
                    "-network "
                            + network
                            + " needs -ethUrl URL, -ethPassword FILE"
                            + (live ? "" : " and -ethController 0xADDRESS"));
        }
        return new ChainAccess(
                new ChainOptions(absolute(ethUrl), controller, fromBlock, ChainJobOptions.POLL_MS),
                keystore == null ? dataDir.resolve("keystore") : keystore.toAbsolutePath(),
                account == null ? null : address("-ethAcctAddr", account),
                password.toAbsolutePath(),
                orchestrator == null ? null : address("-ethOrchAddr", orchestrator),
                new Recipient.Terms(
                        ticketEv,
                        redeemGas == null ? (live ? L2_GAS : L1_GAS) : redeemGas,
                        maxFaceValue),
                autoAdjustPrice,
                maxOverdraft,
                new ChainAccess.Settling(settle, reward, initializeRound, maxGasPrice),
                live ? ARBITRUM_PRICE_FEED : "");
    }

    private static String absolute(String urlOrFile) {
        return urlOrFile.startsWith("http")
                ? urlOrFile
                : Path.of(urlOrFile).toAbsolutePath().toString();
    }

    static EthAddress address(String flag, String text) {
        if (!text.matches("(0x)?[0-9a-fA-F]{40}")) {
            throw new IllegalArgumentException(flag + " " + text + " must be 0x and 40 hex digits");
        }
        return EthAddress.of(HexFormat.of().parseHex(text.replaceFirst("^0x", "")));
    }
}

package org.livepeer.flink.connectors.edge.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.math.BigInteger;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.operators.network.NetworkState;
import org.livepeer.flink.operators.price.ExchangeRate;
import org.livepeer.flink.operators.price.Price;
import org.livepeer.flink.operators.ticket.Bytes;
import org.livepeer.flink.schemas.ChainHead;
import org.livepeer.flink.schemas.SenderEntry;
import org.livepeer.flink.schemas.WorkerHeartbeat;

/** go-livepeer's admin routes, against what its orchestrator answered off chain. */
class GoRoutesIT {
    private static final List<String> ORDERS = new ArrayList<>();
    private static AdminServer server;
    private static final String ACCOUNT = "0x52908400098527886E0F7030069857D2E4169EE7";
    private static ExchangeRate rate;
    private static int level = 3;
    private static boolean onChain;
    private static RuntimeException fault;
    private static SenderEntry funds;

    private static final class Node implements NodeView {
        @Override
        public List<WorkerHeartbeat> workers() {
            return List.of(
                    WorkerHeartbeat.newBuilder()
                            .setWorkerId("w")
                            .setIncarnation(1)
                            .setBeat(0)
                            .setAddress("10.0.0.5:8936")
                            .setHost("10.0.0.5")
                            .setVersion("1")
                            .setCapabilities(List.of())
                            .setCapacityPixelsPerSecond(1)
                            .setMaxSessions(7)
                            .setSlots(1)
                            .setSentAtMs(0)
                            .build());
        }

        @Override
        public long sessions() {
            return 3;
        }

        @Override
        public long maxSessions() {
            return 5;
        }

        @Override
        public Map<String, Fraction> prices() {
            return Map.of("default", Fraction.of(7, 2));
        }

        @Override
        public void setPrice(String sender, Price price) {
            ORDERS.add(sender + " pays " + price.wei(rate));
        }

        @Override
        public void setMaxSessions(int most) {
            ORDERS.add("at most " + most);
        }

        @Override
        public Optional<OnChain> onChain() {
            return onChain ? Optional.of(new Account()) : Optional.empty();
        }
    }

    private static final class Account implements NodeView.OnChain {
        @Override
        public String account() {
            return ACCOUNT;
        }

        @Override
        public String order(String action, Map<String, String> arguments) {
            ORDERS.add(action + " " + new TreeMap<>(arguments));
            if (fault != null) {
                throw fault;
            }
            return "0x" + "41".repeat(32);
        }

        @Override
        public NetworkState network() {
            return new FakeNetwork();
        }

        @Override
        public byte[] sign(String text) {
            throw new UnsupportedOperationException("ChainReadsIT has it");
        }

        @Override
        public byte[] signTyped(String json) {
            throw new UnsupportedOperationException("ChainReadsIT has it");
        }

        @Override
        public BigInteger maxGasPrice() {
            return BigInteger.ZERO;
        }

        @Override
        public ChainHead head() {
            if (fault != null) {
                throw fault;
            }
            return ChainHead.newBuilder()
                    .setBlock(0x414243)
                    .setBlockHash(ByteBuffer.allocate(32))
                    .setL1Block(7)
                    .setRound(11)
                    .setRoundBlockHash(ByteBuffer.allocate(32))
                    .setPreviousRoundBlockHash(ByteBuffer.allocate(32))
                    .setPoolSize(1)
                    .setGasPrice(ByteBuffer.allocate(0))
                    .setBlockAtMs(1)
                    .setSeenAtMs(1)
                    .setChainId(42_161)
                    .build();
        }

        @Override
        public Optional<SenderEntry> funds() {
            return Optional.ofNullable(funds);
        }
    }

    @BeforeAll
    static void begin() {
        server =
                AdminServer.start(
                        InetSocketAddress.createUnresolved("127.0.0.1", 0),
                        null,
                        () -> new ProcessStatus("1.2.3", 5, Map.of(), ""),
                        new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
                        () -> Optional.of(new Node()),
                        new LogLevel() {
                            @Override
                            public int get() {
                                return level;
                            }

                            @Override
                            public void set(int wanted) {
                                level = wanted;
                            }
                        });
    }

    @AfterAll
    static void end() {
        server.close();
    }

    @BeforeEach
    void forget() {
        onChain = false;
        fault = null;
        funds = null;
        ORDERS.clear();
        level = 3;
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return HttpClient.newHttpClient()
                .send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    initializeRound | 200 | '' | initializeRound {}
                    reward | 200 | '' | reward {}
                    bond?amount=5&toAddr=0xab | 200 | '' | bond {amount=5, to=0xab}
                    bond?toAddr=0xab | 400 | missing form param: amount | ''
                    bond?amount=5.5&toAddr=0xab | 400 | failed to parse big integer | ''
                    bond?amount=5 | 400 | missing form param: toAddr | ''
                    unbond | 400 | missing form param: amount | ''
                    unbond?amount=x | 400 | failed to parse big integer | ''
                    rebond | 400 | missing form param: unbondingLockId | ''
                    rebond?unbondingLockId=1&toAddr=0xab | 200 | '' | rebond {lockId=1, to=0xab}
                    withdrawStake | 400 | missing form param: unbondingLockId | ''
                    withdrawStake?unbondingLockId=x | 400 | Cannot convert unbondingLockId: failed to parse big integer | ''
                    withdrawFees?amount=x | 400 | invalid amount: failed to parse big integer | ''
                    transferTokens?to=0xab | 400 | missing form param: amount | ''
                    vote?poll=0xab | 400 | missing form param: choiceID | ''
                    vote?poll=0xab&choiceID=1 | 500 | invalid poll contract address | ''
                    vote?poll=0x0000000000000000000000000000000000000aaa&choiceID=x | 500 | choiceID is not a valid integer value | ''
                    vote?poll=0x0000000000000000000000000000000000000aaa&choiceID=2 | 500 | invalid choiceID | ''
                    voteOnProposal?proposalID=4&support=3 | 500 | invalid support | ''
                    voteOnProposal?proposalID=4 | 400 | missing form param: support | ''
                    fundDepositAndReserve?depositAmount=1 | 400 | missing form param: reserveAmount | ''
                    fundDepositAndReserve?depositAmount=1&reserveAmount=x | 400 | invalid reserveAmount: failed to parse big integer | ''
                    fundDeposit?amount=x | 400 | invalid amount: failed to parse big integer | ''
                    unbond?amount=7 | 200 | '' | unbond {amount=7}
                    rebond?unbondingLockId=1 | 200 | '' | rebond {lockId=1}
                    withdrawStake?unbondingLockId=1 | 200 | '' | withdrawStake {lockId=1}
                    withdrawFees?amount=9 | 200 | '' | withdrawFees {amount=9, to=0x52908400098527886E0F7030069857D2E4169EE7}
                    withdrawFees | 400 | missing form param: amount | ''
                    claimEarnings | 200 | '' | claimEarnings {}
                    transferTokens?to=0xab&amount=3 | 200 | '' | transferTokens {amount=3, to=0xab}
                    vote?poll=0x0000000000000000000000000000000000000aaa&choiceID=1 | 200 | AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA | vote {choice=1, poll=0x0000000000000000000000000000000000000aaa}
                    voteOnProposal?proposalID=4&support=2&reason=no | 200 | AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA | voteOnProposal {proposalId=4, reason=no, support=2}
                    fundDepositAndReserve?depositAmount=1&reserveAmount=2 | 200 | fundDepositAndReserve success | fundDepositAndReserve {deposit=1, reserve=2}
                    fundDeposit?amount=1 | 200 | fundDeposit success | fundDeposit {amount=1}
                    unlock | 200 | unlock success | unlock {}
                    cancelUnlock | 200 | cancelUnlock success | cancelUnlock {}
                    withdraw | 200 | withdraw success | withdraw {}
                    activateOrchestrator?blockRewardCut=10.5&feeShare=50&pricePerUnit=1&pixelsPerUnit=1&serviceURI=https://a:1 | 200 | '' | default pays 1, activate {feeShare=500000, rewardCut=105000, serviceUri=https://a:1}
                    activateOrchestrator?blockRewardCut=0&feeShare=0&pricePerUnit=1&pixelsPerUnit=2&serviceURI=https://a:1&unbondingLockId=3&amount=9 | 200 | '' | default pays 1/2, rebond {lockId=3, to=0x52908400098527886E0F7030069857D2E4169EE7}, activate {amount=9, feeShare=0, rewardCut=0, serviceUri=https://a:1}
                    activateOrchestrator?blockRewardCut=0&feeShare=0&pricePerUnit=1&pixelsPerUnit=0&serviceURI=https://a:1 | 400 | pixels per unit must be greater than 0, provided 0 | ''
                    activateOrchestrator?blockRewardCut=0&feeShare=0&pricePerUnit=1&pixelsPerUnit=1&serviceURI=here | 400 | parse "here": invalid URI for request | ''
                    activateOrchestrator?blockRewardCut=0&feeShare=0&pricePerUnit=1&pixelsPerUnit=1 | 400 | missing form param: serviceURI | ''
                    activateOrchestrator?blockRewardCut=ten&feeShare=50&pricePerUnit=1&pixelsPerUnit=1&serviceURI=https://a:1 | 400 | strconv.ParseFloat: parsing "ten": invalid syntax | ''
                    setOrchestratorConfig?blockRewardCut=1&feeShare=2 | 200 | '' | setConfig {feeShare=20000, rewardCut=10000}
                    setOrchestratorConfig?serviceURI=https://a:1 | 200 | '' | setServiceUri {serviceUri=https://a:1}
                    setOrchestratorConfig?pricePerUnit=3&pixelsPerUnit=2 | 200 | '' | default pays 3/2
                    setOrchestratorConfig?blockRewardCut=x&feeShare=2 | 400 | Cannot convert block reward cut: strconv.ParseFloat: parsing "x": invalid syntax | ''
                    setOrchestratorConfig?blockRewardCut=1&feeShare=2&pricePerUnit=x&pixelsPerUnit=2 | 400 | error parsing pricePerUnit value: x | ''
                    setOrchestratorConfig?feeShare=2 | 200 | '' | ''
                    currentBlock | 200 | ABC | ''
                    EthChainID | 200 | 42161 | ''
                    senderInfo | 200 | {"Deposit":0,"WithdrawRound":0,"Reserve":{"FundsRemaining":0,"ClaimedInCurrentRound":0}} | ''
                    """)
    void onChainItsRoutesAreOrders(String path, int status, String answer, String order)
            throws Exception {
        onChain = true;

        HttpResponse<String> response = send(to("/" + path));

        // Go ends the text of an error with a new line.
        assertThat(response.body()).isEqualTo(status == 200 ? answer : answer + "\n");
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(String.join(", ", ORDERS)).isEqualTo(order);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    initializeRound | could not initialize round: it would fail
                    reward | Error calling reward: it would fail
                    bond?amount=5&toAddr=0xab | it would fail
                    unbond?amount=7 | it would fail
                    rebond?unbondingLockId=1 | it would fail
                    withdrawStake?unbondingLockId=1 | it would fail
                    withdrawFees?amount=9 | could not execute WithdrawFees: it would fail
                    claimEarnings | Error claiming earnings: it would fail
                    transferTokens?to=0xab&amount=3 | it would fail
                    vote?poll=0x0000000000000000000000000000000000000aaa&choiceID=1 | unable to submit vote transaction err="it would fail"
                    voteOnProposal?proposalID=4&support=2 | unable to submit proposal vote transaction err="it would fail"
                    fundDepositAndReserve?depositAmount=1&reserveAmount=2 | could not execute fundDepositAndReserve: it would fail
                    fundDeposit?amount=1 | could not execute fundDeposit: it would fail
                    unlock | could not execute unlock: it would fail
                    cancelUnlock | could not execute cancelUnlock: it would fail
                    withdraw | could not execute withdraw: it would fail
                    setOrchestratorConfig?blockRewardCut=1&feeShare=2 | it would fail
                    currentBlock | could not query last seen block: it would fail
                    EthChainID | Error getting eth network ID err="it would fail"
                    senderInfo | could not query sender info: it would fail
                    """)
    void whatFailsSaysWhy(String path, String answer) throws Exception {
        onChain = true;
        fault = new IllegalStateException("it would fail");

        HttpResponse<String> response = send(to("/" + path));

        assertThat(response.statusCode()).isEqualTo(500);
        assertThat(response.body()).isEqualTo(answer + "\n");
    }

    @Test
    void anOrderThatCannotBeIsTheCallersFault() throws Exception {
        onChain = true;
        fault = new IllegalArgumentException("to must be 0x and 40 hex digits");

        HttpResponse<String> response = send(to("/bond?amount=5&toAddr=0xab"));

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).isEqualTo("to must be 0x and 40 hex digits\n");
    }

    @Test
    void whatTheAccountHasAsASender() throws Exception {
        onChain = true;
        funds =
                SenderEntry.newBuilder()
                        .setSender(ByteBuffer.allocate(20))
                        .setDeposit(Bytes.of(BigInteger.TEN.pow(20)))
                        .setReserve(Bytes.of(BigInteger.valueOf(5)))
                        .setClaimed(Bytes.of(BigInteger.valueOf(3)))
                        .setClaimRound(11)
                        .setWithdrawRound(12)
                        .setBlock(1)
                        .build();
        HttpResponse<String> now = send(to("/senderInfo"));
        funds.setClaimRound(10);
        HttpResponse<String> later = send(to("/senderInfo"));

        assertThat(now.headers().firstValue("content-type")).contains("application/json");
        assertThat(now.body())
                .isEqualTo(
                        "{\"Deposit\":100000000000000000000,\"WithdrawRound\":12,"
                                + "\"Reserve\":{\"FundsRemaining\":5,"
                                + "\"ClaimedInCurrentRound\":3}}");
        assertThat(later.body()).contains("\"ClaimedInCurrentRound\":0");
    }

    static Stream<String> recorded() throws Exception {
        return Files.readAllLines(
                Path.of(GoRoutesIT.class.getResource("/admin/offchain-routes.tsv").toURI()))
                .stream();
    }

    @ParameterizedTest
    @MethodSource("recorded")
    void answersAsGoLivepeerDoes(String line) throws Exception {
        String[] fields = line.split("\t", -1);
        if (fields[0].equals("contractAddresses")) {
            // livepeer_cli shows nothing of a node that refuses this one.
            assertThat(send(to("/contractAddresses")).body()).isEqualTo("{}");
            return;
        }

        HttpResponse<String> response = send(to("/" + fields[0]));

        assertThat(response.statusCode()).isEqualTo(Integer.parseInt(fields[1]));
        assertThat(response.headers().firstValue("content-type").orElse("")).isEqualTo(fields[2]);
        assertThat(response.body()).isEqualTo(fields[3].replace("\\n", "\n"));
    }

    @Test
    void statusHasTheNamesThatOperatorsRead() throws Exception {
        JsonNode status = new ObjectMapper().readTree(send(to("/status")).body());

        assertThat(status.fieldNames())
                .toIterable()
                .contains(
                        "Manifests",
                        "InternalManifests",
                        "StreamInfo",
                        "OrchestratorPool",
                        "OrchestratorPoolInfos",
                        "Version",
                        "GolangRuntimeVersion",
                        "GOArch",
                        "GOOS",
                        "RegisteredTranscodersNumber",
                        "RegisteredTranscoders",
                        "LocalTranscoding",
                        "BroadcasterPrices");
        assertThat(status.get("RegisteredTranscodersNumber").asInt()).isEqualTo(1);
        assertThat(status.get("RegisteredTranscoders").toString())
                .isEqualTo("[{\"Address\":\"10.0.0.5:8936\",\"Capacity\":7}]");
        assertThat(status.get("BroadcasterPrices").toString()).isEqualTo("{\"default\":\"7/2\"}");
    }

    @Test
    void countsUnderTheNamesThatDashboardsRead() throws Exception {
        String page = send(to("/metrics")).body();

        assertThat(page)
                .containsPattern(
                        "livepeer_current_sessions_total\\{node_id=\"[^\"]+\","
                                + "node_type=\"orch\"} 3\n")
                .containsPattern("livepeer_max_sessions_total\\{[^}]+} 5\n")
                .containsPattern("livepeer_transcoders_number\\{[^}]+} 1\n")
                .containsPattern("livepeer_transcoders_capacity\\{[^}]+} 7\n")
                .containsPattern(
                        "livepeer_versions\\{[^}]+livepeerversion=\"1.2.3\",node_type=\"orch\"} 1\n");
    }

    @Test
    void ordersReachTheDeployment() throws Exception {
        send(
                to("/setPriceForBroadcaster")
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(
                                HttpRequest.BodyPublishers.ofString(
                                        "pricePerUnit=1.5&pixelsPerUnit=2&broadcasterEthAddr=0x"
                                                + "Aa".repeat(20))));
        send(to("/setMaxSessions?maxSessions=4"));
        send(to("/setMaxSessions?maxSessions=auto"));
        send(to("/setLogLevel?loglevel=5"));

        assertThat(ORDERS)
                .containsExactly("0x" + "aa".repeat(20) + " pays 3/4", "at most 4", "at most 0");
        assertThat(send(to("/getLogLevel")).body()).isEqualTo("5");
    }

    @Test
    void aPriceMayBeInACurrencyThatTheFeedKnows() throws Exception {
        String dollars = "/setPriceForBroadcaster?pricePerUnit=3&pixelsPerUnit=2000&currency=";
        String all = "&broadcasterEthAddr=default";

        assertThat(send(to(dollars + "USD" + all)).body())
                .isEqualTo("error converting price: PriceFeedWatcher is not initialized\n");
        rate = new ExchangeRate("ETH", "USD", Fraction.of(3_000), java.math.BigInteger.ONE, 1_000);
        try {
            assertThat(send(to(dollars + "EUR" + all)).body())
                    .isEqualTo(
                            "error converting price: price feed does not have EUR as a currency"
                                    + " (ETH/USD)\n");
            assertThat(send(to(dollars + "usd" + all)).statusCode()).isEqualTo(200);
            assertThat(send(to(dollars + "U%3BD" + all)).statusCode()).isEqualTo(400);
            assertThat(
                            send(to(
                                            dollars
                                                    + "eth"
                                                    + all.replace(
                                                            "default", "0x" + "Aa".repeat(20))))
                                    .body())
                    .startsWith("Price per pixel set to 3 wei for 2000 pixels");
        } finally {
            rate = null;
        }
        assertThat(ORDERS)
                .containsExactly(
                        "default pays 500000000000",
                        "0x" + "aa".repeat(20) + " pays 1500000000000000");
    }

    @Test
    void aWebPageCannotGiveOrders() throws Exception {
        HttpResponse<String> picture =
                send(to("/setMaxSessions?maxSessions=4").header("Sec-Fetch-Site", "cross-site"));

        assertThat(picture.statusCode()).isEqualTo(403);
        assertThat(ORDERS).isEmpty();
    }
}

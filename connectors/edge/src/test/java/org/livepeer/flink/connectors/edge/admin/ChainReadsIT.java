package org.livepeer.flink.connectors.edge.admin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.operators.network.Delegator.UnbondingLock;
import org.livepeer.flink.operators.network.NetworkState;
import org.livepeer.flink.operators.price.Price;
import org.livepeer.flink.operators.ticket.EthAddress;
import org.livepeer.flink.schemas.ChainHead;
import org.livepeer.flink.schemas.SenderEntry;
import org.livepeer.flink.schemas.WorkerHeartbeat;

/**
 * Routes that read the chain or sign, in the bytes that Go's {@code encoding/json} writes of
 * go-livepeer's types.
 */
class ChainReadsIT {
    private static final String ACCOUNT = "0x52908400098527886E0F7030069857D2E4169EE7";
    private static final String LOWER = ACCOUNT.toLowerCase(java.util.Locale.ROOT);
    private static final byte[] SIGNATURE = new byte[65];

    private static AdminServer server;
    private static FakeNetwork network;
    private static BigInteger maxGasPrice;
    private static RuntimeException refusal;
    private static String signed;

    private static final class Node implements NodeView {
        @Override
        public List<WorkerHeartbeat> workers() {
            return List.of();
        }

        @Override
        public long sessions() {
            return 0;
        }

        @Override
        public long maxSessions() {
            return 0;
        }

        @Override
        public Map<String, Fraction> prices() {
            return Map.of("default", Fraction.of(7, 2));
        }

        @Override
        public void setPrice(String sender, Price price) {
            throw new UnsupportedOperationException("nothing is changed");
        }

        @Override
        public void setMaxSessions(int most) {
            throw new UnsupportedOperationException("nothing is changed");
        }

        @Override
        public Optional<OnChain> onChain() {
            return Optional.of(new Account());
        }
    }

    private static final class Account implements NodeView.OnChain {
        @Override
        public String account() {
            return ACCOUNT;
        }

        @Override
        public String order(String action, Map<String, String> arguments) {
            throw new UnsupportedOperationException("nothing is ordered");
        }

        @Override
        public NetworkState network() {
            return network;
        }

        @Override
        public byte[] sign(String text) {
            return take("text " + text);
        }

        @Override
        public byte[] signTyped(String json) {
            return take("typed " + json);
        }

        private byte[] take(String what) {
            if (refusal != null) {
                throw refusal;
            }
            signed = what;
            return SIGNATURE;
        }

        @Override
        public BigInteger maxGasPrice() {
            return maxGasPrice;
        }

        @Override
        public ChainHead head() {
            throw new IllegalStateException("not asked");
        }

        @Override
        public Optional<SenderEntry> funds() {
            return Optional.empty();
        }
    }

    @BeforeAll
    static void begin() {
        for (int i = 0; i < SIGNATURE.length; i++) {
            SIGNATURE[i] = (byte) (i * 7);
        }
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
                                return 3;
                            }

                            @Override
                            public void set(int wanted) {
                                throw new UnsupportedOperationException("nothing is changed");
                            }
                        });
    }

    @AfterAll
    static void end() {
        server.close();
    }

    @BeforeEach
    void forget() {
        network = new FakeNetwork();
        maxGasPrice = BigInteger.ZERO;
        refusal = null;
        signed = "";
    }

    private static HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path));
    }

    private static HttpResponse<String> get(String path) throws Exception {
        return HttpClient.newHttpClient()
                .send(to("/" + path).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static HttpResponse<byte[]> sign(String format, String form) throws Exception {
        HttpRequest.Builder request =
                to("/signMessage")
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(HttpRequest.BodyPublishers.ofString(form));
        return HttpClient.newHttpClient()
                .send(
                        (format.isEmpty() ? request : request.header("SigFormat", format)).build(),
                        HttpResponse.BodyHandlers.ofByteArray());
    }

    private static String form(String message) {
        return "message=" + URLEncoder.encode(message, UTF_8);
    }

    @Test
    void anOrchestratorIsToldWithItsPrice() throws Exception {
        HttpResponse<String> said = get("orchestratorInfo");

        assertThat(said.body())
                .isEqualTo(
                        "{\"Transcoder\":{\"Address\":\""
                                + LOWER
                                + "\",\"ServiceURI\":\"https://a.example:8935/?a=1\\u0026b=\\u003c2\\u003e\","
                                + "\"LastRewardRound\":11,\"RewardCut\":100000,\"FeeShare\":50000,"
                                + "\"DelegatedStake\":623456000000000000000000,\"ActivationRound\":3,"
                                + "\"DeactivationRound\":"
                                + FakeNetwork.NEVER
                                + ",\"LastActiveStakeUpdateRound\":12,\"Active\":true,"
                                + "\"Status\":\"Registered\",\"PricePerPixel\":null},"
                                + "\"PriceInfo\":\"7/2\"}");
        assertThat(said.headers().firstValue("content-type")).contains("application/json");
    }

    @Test
    void aDelegatorIsToldWithWhatItEarned() throws Exception {
        String all =
                "{\"Address\":\""
                        + LOWER
                        + "\",\"BondedAmount\":500000000000000000000,\"Fees\":0,"
                        + "\"DelegateAddress\":\"0x70997970c51812dc3a010c7d01b50e0d17dc79c8\","
                        + "\"DelegatedAmount\":623456000000000000000000,\"StartRound\":3,"
                        + "\"LastClaimRound\":2,\"NextUnbondingLockId\":4,\"PendingStake\":%s,"
                        + "\"PendingFees\":%s,\"Status\":\"Bonded\"}";
        assertThat(get("delegatorInfo").body())
                .isEqualTo(String.format(all, "501000000000000000000", "7"));
        network.knowsPending = false;
        assertThat(get("delegatorInfo").body()).isEqualTo(String.format(all, "-1", "-1"));
    }

    @Test
    void thePoolIsNullWhenNobodyIsInIt() throws Exception {
        assertThat(get("registeredOrchestrators").body()).isEqualTo("null");
        network.pool.add(EthAddress.parse(ACCOUNT));
        network.pool.add(EthAddress.ZERO);
        network.serviceUri = "";

        assertThat(get("registeredOrchestrators").body())
                .startsWith("[{\"Address\":\"" + LOWER + "\",\"ServiceURI\":\"\",")
                .endsWith("\"Status\":\"Registered\",\"PricePerPixel\":\"0\"}]")
                .contains("},{\"Address\":\"0x0000000000000000000000000000000000000000\"");
    }

    @Test
    void locksAreThoseThatAreNotTakenOut() throws Exception {
        assertThat(get("unbondingLocks").body()).isEqualTo("[]");
        network.locks.add(new UnbondingLock(1, BigInteger.TWO, BigInteger.valueOf(12)));
        network.locks.add(new UnbondingLock(3, BigInteger.TEN, BigInteger.valueOf(13)));
        String first =
                "{\"ID\":1,\"Delegator\":\"" + LOWER + "\",\"Amount\":2,\"WithdrawRound\":12}";
        String second =
                "{\"ID\":3,\"Delegator\":\"" + LOWER + "\",\"Amount\":10,\"WithdrawRound\":13}";

        String both = "[" + first + "," + second + "]";
        assertThat(get("unbondingLocks").body()).isEqualTo(both);
        assertThat(get("unbondingLocks?withdrawable=false").body()).isEqualTo(both);
        assertThat(get("unbondingLocks?withdrawable=perhaps").body()).isEqualTo(both);
        assertThat(get("unbondingLocks?withdrawable=true").body()).isEqualTo("[" + first + "]");
        assertThat(get("unbondingLocks?withdrawable=1").body()).isEqualTo("[" + first + "]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    protocolParameters | {"NumActiveTranscoders":100,"RoundLength":5760,"RoundLockAmount":100000,"UnbondingPeriod":7,"VerificationRate":0,"VerificationPeriod":null,"SlashingPeriod":null,"FailedVerificationSlashAmount":null,"MissedVerificationSlashAmount":null,"DoubleClaimSegmentSlashAmount":null,"FinderFee":null,"Inflation":137,"InflationChange":3,"TargetBondingRate":500000000,"VerificationCodeHash":"","TotalBonded":12000000000000000000000000,"TotalSupply":28000000000000000000000000,"Paused":false}
                    contractAddresses | {"BondingManager":"0x0000000000000000000000000000000000000000","Controller":"0xcccccccccccccccccccccccccccccccccccccccc","LivepeerToken":"0x0000000000000000000000000000000000000000","LivepeerTokenFaucet":"0x0000000000000000000000000000000000000000","Minter":"0x0000000000000000000000000000000000000000","RoundsManager":"0x0000000000000000000000000000000000000000","TicketBroker":"0xbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"}
                    orchestratorEarningPoolsForRound?round=12 | {"TotalStake":12,"TranscoderRewardCut":100000,"TranscoderFeeShare":50000,"CumulativeRewardFactor":115792089237316195423570985008687907853269984665640564039457584007913129639935,"CumulativeFeeFactor":0}
                    ticketBrokerParams | {"UnlockPeriod":2}
                    currentRound | 12
                    roundInitialized | false
                    tokenBalance | 7000000000000000000
                    ethBalance | 9000000000000000000
                    ethAddr | 0x52908400098527886E0F7030069857D2E4169EE7
                    minGasPrice | 0
                    """)
    void theRestIsToldInFull(String route, String answer) throws Exception {
        HttpResponse<String> said = get(route);

        assertThat(said.body()).isEqualTo(answer);
        assertThat(said.statusCode()).isEqualTo(200);
        assertThat(said.headers().firstValue("content-type"))
                .contains(
                        answer.startsWith("{") ? "application/json" : "text/plain; charset=utf-8");
    }

    @Test
    void aLimitOnTheGasPriceThatIsNoneIsNotTold() throws Exception {
        assertThat(get("maxGasPrice").body()).isEmpty();
        maxGasPrice = BigInteger.TEN.pow(11);
        assertThat(get("maxGasPrice").body()).isEqualTo("100000000000");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    orchestratorInfo | could not get transcoder
                    delegatorInfo | no node
                    unbondingLocks | no node
                    registeredOrchestrators | no node
                    protocolParameters | no node
                    contractAddresses | no node
                    orchestratorEarningPoolsForRound?round=1 | no node
                    ticketBrokerParams | could not query TicketBroker unlockPeriod: no node
                    currentRound | could not query current round: no node
                    roundInitialized | could not get initialized round: no node
                    tokenBalance | no node
                    ethBalance | no node
                    """)
    void aNodeThatDoesNotAnswerIsSaid(String route, String why) throws Exception {
        network.fault = new IOException("no node");

        HttpResponse<String> said = get(route);

        assertThat(said.statusCode()).isEqualTo(500);
        assertThat(said.body()).isEqualTo(why + "\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    orchestratorEarningPoolsForRound | 400 | failed to parse big integer
                    orchestratorEarningPoolsForRound?round=x | 400 | failed to parse big integer
                    setMaxGasPrice | 400 | missing form param: amount
                    setMaxGasPrice?amount=x | 400 | Parsing failed for price: failed to parse big integer
                    setMaxGasPrice?amount=5 | 500 | the settlement job has its limit from its start: give -maxGasPrice there
                    setMinGasPrice?minGasPrice=x | 400 | invalid minGasPrice: failed to parse big integer
                    setMinGasPrice?minGasPrice=5 | 500 | the gas price has no lower bound here
                    setMaxFaceValue?maxfacevalue=x | 400 | maxfacevalue not set to number
                    setMaxFaceValue?maxfacevalue=5 | 500 | an edge has its limit from its start: give -maxFaceValue there
                    requestTokens | 500 | Error requesting tokens from faucet: this version asks none
                    signMessage | 400 | missing form param: message
                    """)
    void whatIsNotDoneIsSaid(String route, int status, String why) throws Exception {
        HttpResponse<String> said = get(route);

        assertThat(said.body()).isEqualTo(why + "\n");
        assertThat(said.statusCode()).isEqualTo(status);
    }

    @Test
    void aMessageIsSignedAsItCame() throws Exception {
        HttpResponse<byte[]> said = sign("", form("a & b\nünï ✓"));

        assertThat(said.statusCode()).isEqualTo(200);
        assertThat(said.body()).isEqualTo(SIGNATURE);
        assertThat(said.headers().firstValue("content-type")).contains("application/octet-stream");
        assertThat(signed).isEqualTo("text a & b\nünï ✓");
        sign("text/plain", form("x"));
        assertThat(signed).isEqualTo("text x");
    }

    @Test
    void typedDataMayBeLong() throws Exception {
        String json = "{\"types\":\"" + "x".repeat(100_000) + "\"}";

        assertThat(sign("data/typed", form(json)).statusCode()).isEqualTo(200);
        assertThat(signed).isEqualTo("typed " + json);
        assertThat(sign("data/typed", form("x".repeat(300_000))).statusCode()).isEqualTo(413);
    }

    @Test
    void bytesThatAreNoTextAreNotSigned() throws Exception {
        HttpResponse<byte[]> said = sign("", "message=" + "%ff%fe".repeat(16));

        assertThat(said.statusCode()).isEqualTo(400);
        assertThat(new String(said.body(), UTF_8))
                .isEqualTo("could not sign message - err=\"it must be text in UTF-8\"\n");
        assertThat(signed).isEmpty();
    }

    @Test
    void whatIsNotSignedIsSaid() throws Exception {
        refusal = new IllegalArgumentException("it may be a \"ticket\"");
        HttpResponse<byte[]> pays = sign("", form("x"));
        assertThat(pays.statusCode()).isEqualTo(400);
        assertThat(new String(pays.body(), UTF_8))
                .isEqualTo("could not sign message - err=\"it may be a \\\"ticket\\\"\"\n");

        refusal = new IllegalStateException("there is no key");
        HttpResponse<byte[]> keyless = sign("data/typed", form("{}"));
        assertThat(keyless.statusCode()).isEqualTo(500);
        assertThat(new String(keyless.body(), UTF_8))
                .isEqualTo("could not sign typed data - err=\"there is no key\"\n");
    }

    @Test
    void aWebPageGetsNoSignature() throws Exception {
        HttpResponse<String> said =
                HttpClient.newHttpClient()
                        .send(
                                to("/signMessage?message=x")
                                        .header("Sec-Fetch-Site", "cross-site")
                                        .build(),
                                HttpResponse.BodyHandlers.ofString());

        assertThat(said.statusCode()).isEqualTo(403);
        assertThat(signed).isEmpty();
    }
}

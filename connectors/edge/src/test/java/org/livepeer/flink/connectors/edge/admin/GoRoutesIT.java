package org.livepeer.flink.connectors.edge.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
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
import org.livepeer.flink.schemas.WorkerHeartbeat;

/** go-livepeer's admin routes, against what its orchestrator answered off chain. */
class GoRoutesIT {
    private static final List<String> ORDERS = new ArrayList<>();
    private static AdminServer server;
    private static final String ACCOUNT = "0x52908400098527886E0F7030069857D2E4169EE7";
    private static int level = 3;
    private static boolean onChain;

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
        public void setPrice(String sender, Fraction weiPerPixel) {
            ORDERS.add(sender + " pays " + weiPerPixel);
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
            if (action.equals("unlock")) {
                throw new IllegalStateException("unlock already initiated");
            }
            return "0x" + "41".repeat(32);
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
                    bond?amount=5.5&toAddr=0xab | 400 | invalid amount: failed to parse big integer | ''
                    unbond?amount=7 | 200 | '' | unbond {amount=7}
                    rebond?unbondingLockId=1 | 200 | '' | rebond {lockId=1}
                    withdrawStake?unbondingLockId=1 | 200 | '' | withdrawStake {lockId=1}
                    withdrawFees?amount=9 | 200 | '' | withdrawFees {amount=9, to=0x52908400098527886E0F7030069857D2E4169EE7}
                    withdrawFees | 400 | missing form param: amount | ''
                    claimEarnings | 200 | '' | claimEarnings {}
                    transferTokens?to=0xab&amount=3 | 200 | '' | transferTokens {amount=3, to=0xab}
                    vote?poll=0xab&choiceID=1 | 200 | AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA | vote {choice=1, poll=0xab}
                    voteOnProposal?proposalID=4&support=2&reason=no | 200 | AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA | voteOnProposal {proposalId=4, reason=no, support=2}
                    fundDepositAndReserve?depositAmount=1&reserveAmount=2 | 200 | fundDepositAndReserve success | fundDepositAndReserve {deposit=1, reserve=2}
                    fundDeposit?amount=1 | 200 | fundDeposit success | fundDeposit {amount=1}
                    unlock | 500 | unlock already initiated | unlock {}
                    cancelUnlock | 200 | cancelUnlock success | cancelUnlock {}
                    withdraw | 200 | withdraw success | withdraw {}
                    activateOrchestrator?blockRewardCut=10.5&feeShare=50&pricePerUnit=1&pixelsPerUnit=1&serviceURI=https://a:1 | 200 | '' | activate {feeShare=500000, rewardCut=105000, serviceUri=https://a:1}
                    activateOrchestrator?blockRewardCut=ten&feeShare=50&pricePerUnit=1&pixelsPerUnit=1&serviceURI=https://a:1 | 400 | strconv.ParseFloat: parsing "ten": invalid syntax | ''
                    setOrchestratorConfig?blockRewardCut=1&feeShare=2 | 200 | '' | setConfig {feeShare=20000, rewardCut=10000}
                    setOrchestratorConfig?serviceURI=https://a:1 | 200 | '' | setServiceUri {serviceUri=https://a:1}
                    ethAddr | 200 | 0x52908400098527886E0F7030069857D2E4169EE7 | ''
                    delegatorInfo | 500 | missing ETH client | ''
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
    void aWebPageCannotGiveOrders() throws Exception {
        HttpResponse<String> picture =
                send(to("/setMaxSessions?maxSessions=4").header("Sec-Fetch-Site", "cross-site"));

        assertThat(picture.statusCode()).isEqualTo(403);
        assertThat(ORDERS).isEmpty();
    }
}

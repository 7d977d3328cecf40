package org.livepeer.flink.connectors.ethereum.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.livepeer.flink.connectors.ethereum.rpc.ScriptedNode.Endless;
import org.livepeer.flink.connectors.ethereum.rpc.ScriptedNode.Refusal;

/** Several questions at once, with nodes that answer as nodes do. */
class EthRpcTest {
    private ScriptedNode one;
    private ScriptedNode other;
    private EthRpc rpc;

    @BeforeEach
    void start() throws Exception {
        one = new ScriptedNode((method, parameters) -> echo("one", method, parameters));
        other = new ScriptedNode((method, parameters) -> echo("other", method, parameters));
        rpc = new EthRpc(List.of(one.uri(), other.uri()), Duration.ofSeconds(5));
    }

    @AfterEach
    void stop() {
        one.close();
        other.close();
    }

    private static Object echo(String name, String method, JsonNode parameters) {
        if (method.equals("eth_chainId")) {
            return "0xa4b1";
        }
        return method.equals("fail")
                ? new Refusal(3, "execution reverted", "0x08c379a0")
                : name + " " + parameters.path(0).asInt();
    }

    /** Requests but the first of each node, which asks of which chain it is. */
    private static List<JsonNode> asked(ScriptedNode node) {
        return node.requests.stream()
                .filter(r -> !r.path("method").asText().equals("eth_chainId"))
                .toList();
    }

    @Test
    void aNodeOfAnotherChainIsNotAsked() throws Exception {
        one.close();
        try (ScriptedNode foreign =
                new ScriptedNode(
                        (method, parameters) -> method.equals("eth_chainId") ? "0x1" : "foreign")) {
            EthRpc several = new EthRpc(List.of(other.uri(), foreign.uri()), Duration.ofSeconds(5));
            assertThat(several.call("echo", 1).asText()).isEqualTo("other 1");
            several.leave();
            assertThat(several.call("echo", 2).asText()).isEqualTo("other 2");
            other.close();
            assertThatThrownBy(() -> several.call("echo", 3))
                    .isInstanceOf(RpcException.class)
                    .hasMessageContaining("it is of chain 0x1, others are of 0xa4b1");
            assertThat(asked(foreign)).isEmpty();
        }
    }

    @Test
    void anAddressThatIsNoneIsRefusedWithoutShowingIt() {
        for (String bad : List.of("https://", "ftp://node/secret", "http://a b/secret", "secret")) {
            assertThatThrownBy(() -> EthRpc.of("http://127.0.0.1:1," + bad))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("-ethUrl takes")
                    .hasMessageNotContaining("secret")
                    .hasNoCause();
        }
    }

    private static List<Question> numbers(int count) {
        return IntStream.range(0, count).mapToObj(i -> Question.of("echo", i)).toList();
    }

    private static void assertAnswers(String name, List<Answer> answers) throws Exception {
        for (int i = 0; i < answers.size(); i++) {
            assertThat(answers.get(i).result().asText()).isEqualTo(name + " " + i);
        }
    }

    @Test
    void answersAreMatchedByTheirNumber() throws Exception {
        List<Answer> answers = rpc.batch(numbers(5));
        assertThat(answers).hasSize(5);
        assertAnswers("one", answers);
        assertThat(asked(one)).hasSize(1);
    }

    @Test
    void anAnswerToAnotherQuestionIsNone() throws Exception {
        rpc.call("echo", 0);
        String[] before = new String[1];
        one.twist =
                said -> {
                    String last = before[0] == null ? said : before[0];
                    before[0] = said;
                    return last;
                };

        assertThat(rpc.call("echo", 1).asText()).isEqualTo("one 1");
        assertThat(rpc.call("echo", 2).asText()).isEqualTo("other 2");
    }

    @Test
    void aRefusalConcernsItsQuestionOnly() throws Exception {
        List<Answer> answers =
                rpc.batch(
                        List.of(
                                Question.of("echo", 0),
                                Question.of("fail"),
                                Question.of("echo", 2)));
        assertThat(answers.get(0).result().asText()).isEqualTo("one 0");
        assertThat(answers.get(2).result().asText()).isEqualTo("one 2");
        assertThat(answers.get(1).refusal()).isNotNull();
        assertThatThrownBy(() -> answers.get(1).result())
                .isInstanceOfSatisfying(
                        RpcException.class,
                        e -> {
                            assertThat(e.isAnswer()).isTrue();
                            assertThat(e.isRevert()).isTrue();
                            assertThat(e.data()).isEqualTo("0x08c379a0");
                        });
        assertThat(asked(other)).isEmpty();
    }

    @Test
    void manyQuestionsGoInSeveralRequests() throws Exception {
        List<Answer> answers = rpc.batch(numbers(250));
        assertThat(answers).hasSize(250);
        assertAnswers("one", answers);
        assertThat(asked(one)).extracting(JsonNode::size).containsExactly(100, 100, 50);
    }

    @Test
    void nothingIsAskedForNoQuestion() throws Exception {
        assertThat(rpc.batch(List.of())).isEmpty();
        assertThat(asked(one)).isEmpty();
    }

    @Test
    void aNodeThatTakesOneQuestionIsAskedOneByOne() throws Exception {
        one.takesBatches = false;
        assertAnswers("one", rpc.batch(numbers(3)));
        assertThat(asked(one)).hasSize(4);
    }

    static Stream<Arguments> nonsense() {
        return Stream.of(
                Arguments.of("no JSON", (Function<String, String>) s -> "<html>"),
                Arguments.of("nothing", (Function<String, String>) s -> ""),
                Arguments.of("no answers", (Function<String, String>) s -> "[]"),
                Arguments.of(
                        "one too few",
                        (Function<String, String>) s -> s.replaceFirst("\\{[^{}]*},", "")),
                Arguments.of(
                        "numbers that were not asked",
                        (Function<String, String>) s -> s.replaceAll("\"id\":\\d", "\"id\":9999")),
                Arguments.of(
                        "neither result nor error",
                        (Function<String, String>) s -> s.replace("result", "res")),
                Arguments.of("a text", (Function<String, String>) s -> "\"no\""));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("nonsense")
    void aNodeThatGivesNonsenseIsLeftForTheNext(String name, Function<String, String> twist)
            throws Exception {
        one.twist = twist;
        assertAnswers("other", rpc.batch(numbers(3)));
        one.twist = Function.identity();
        assertAnswers("other", rpc.batch(numbers(3)));
        rpc.leave();
        assertAnswers("one", rpc.batch(numbers(3)));
    }

    @Test
    void aNodeThatIsAwayOrBusyIsLeftForTheNext() throws Exception {
        one.status = 429;
        assertAnswers("other", rpc.batch(numbers(3)));
        one.close();
        rpc.leave();
        assertAnswers("other", rpc.batch(numbers(3)));
        other.status = 503;
        assertThatThrownBy(() -> rpc.batch(numbers(3)))
                .isInstanceOfSatisfying(
                        RpcException.class, e -> assertThat(e.isAnswer()).isFalse());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anAnswerThatNeverEndsIsNone(boolean isFast) throws Exception {
        EthRpc hasty = new EthRpc(List.of(one.uri(), other.uri()), Duration.ofSeconds(2));
        one.endless = isFast ? Endless.FAST : Endless.SILENT;
        assertAnswers("other", hasty.batch(numbers(3)));
        EthRpc alone = new EthRpc(List.of(one.uri()), Duration.ofSeconds(2));
        assertThatThrownBy(() -> alone.call("echo"))
                .isInstanceOf(RpcException.class)
                .hasMessageContaining(isFast ? "an answer of more than" : "no whole answer within");
    }

    @Test
    void whatANodeSaysIsOneShortLine() {
        for (String added : List.of("a\nb\r\n\tc", "long ".repeat(100_000))) {
            assertThat(refusal(added, "").getMessage())
                    .hasSizeLessThan(400)
                    .doesNotMatch("\\p{Cntrl}");
        }
        assertThat(refusal("a\nb\r\n\tc", "").getMessage()).isEqualTo("x: a b c");
    }

    @Test
    void hexIsFoundInWhateverNodesAdd() {
        assertThat(refusal("Reverted 0x08c379a0").data()).isEqualTo("0x08c379a0");
        assertThat(refusal("").data()).isEmpty();
        assertThat(refusal("").isRevert()).isFalse();
    }

    private RpcException refusal(String data) {
        return refusal("no such thing", data);
    }

    private RpcException refusal(String message, String data) {
        try (ScriptedNode node = new ScriptedNode((m, p) -> new Refusal(-32000, message, data))) {
            new EthRpc(List.of(node.uri()), Duration.ofSeconds(5)).call("x");
            throw new AssertionError("not refused");
        } catch (RpcException e) {
            return e;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}

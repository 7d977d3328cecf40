package org.livepeer.flink.connectors.ethereum.settle;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.ethereum.rpc.Answer;
import org.livepeer.flink.connectors.ethereum.rpc.EthRpc;
import org.livepeer.flink.connectors.ethereum.rpc.Question;
import org.livepeer.flink.connectors.ethereum.rpc.RpcException;
import org.livepeer.flink.operators.settlement.SettlementChain.Call;
import org.livepeer.flink.operators.ticket.EthAddress;

/** Questions that are sent together, each once. The answers are there after {@link #send}. */
public final class Questions {
    private final EthRpc rpc;
    private final String block;
    private final Map<Question, Asked> all = new LinkedHashMap<>();

    /**
     * @param block whose state is asked for: a number in hex, or {@code latest}
     */
    public Questions(EthRpc rpc, String block) {
        this.rpc = rpc;
        this.block = block;
    }

    /** What a node says by a method of JSON-RPC. */
    public Asked ask(String method, Object... parameters) {
        return all.computeIfAbsent(Question.of(method, parameters), Asked::new);
    }

    /** What a contract's function says; arguments are numbers, addresses, 32 bytes, text. */
    public Asked view(EthAddress contract, String signature, Object... arguments) {
        String data = EthRpc.hex(Abi.call(signature, arguments));
        return all.computeIfAbsent(Question.view(contract.lower(), data, block), Asked::new);
    }

    /** The gas that a call would take. */
    Asked gas(EthAddress from, Call call) {
        return ask("eth_estimateGas", parameters(from, call), block);
    }

    static Map<String, Object> parameters(EthAddress from, Call call) {
        return Map.of(
                "from", from.lower(),
                "to", call.to().lower(),
                "data", EthRpc.hex(call.data()),
                "value", "0x" + call.wei().toString(16));
    }

    /**
     * Sends them.
     *
     * @throws IOException when no node answers
     */
    public void send() throws IOException {
        List<Asked> asked = new ArrayList<>(all.values());
        List<Answer> answers;
        try {
            answers = rpc.batch(asked.stream().map(a -> a.question).toList());
        } catch (RpcException e) {
            throw new IOException(e.getMessage(), e);
        }
        for (int i = 0; i < asked.size(); i++) {
            asked.get(i).answer = answers.get(i);
        }
    }

    /** A question, and its answer once it is there. */
    public static final class Asked {
        private final Question question;
        private @Nullable Answer answer;

        private Asked(Question question) {
            this.question = question;
        }

        private Answer answer() {
            if (answer == null) {
                throw new IllegalStateException(question.method() + " was not sent");
            }
            return answer;
        }

        /** Why the node refused; null when it did not. */
        @Nullable RpcException refusal() {
            return answer().refusal();
        }

        /**
         * The result; a JSON null where the node has nothing.
         *
         * @throws IOException when the node refused
         */
        public JsonNode result() throws IOException {
            try {
                return answer().result();
            } catch (RpcException e) {
                throw new IOException(e.getMessage(), e);
            }
        }

        /**
         * Whether the contract does not know the question, as older ones do not know newer ones.
         *
         * @throws IOException when the node refused for another reason
         */
        public boolean isUnknown() throws IOException {
            RpcException refusal = refusal();
            return refusal != null && refusal.isRevert() || result().asText().equals("0x");
        }

        /** A number as nodes write it. */
        public BigInteger quantity() throws IOException {
            return Questions.quantity(result());
        }

        /** What a contract said. */
        Words words() throws IOException {
            try {
                return new Words(EthRpc.bytes(result()));
            } catch (RpcException e) {
                throw new IOException(e.getMessage() + "; check -ethUrl", e);
            }
        }

        /**
         * A word of what a contract said.
         *
         * @throws IOException when it said less
         */
        public BigInteger number(int index) throws IOException {
            return word(words -> words.number(index));
        }

        /** A number; the largest {@code long} for one that is larger. */
        public long bounded(int index) throws IOException {
            return word(words -> words.bounded(index));
        }

        /** Whether the first word is not 0. */
        public boolean isTrue() throws IOException {
            return word(words -> words.isTrue(0));
        }

        /** The address in a word. */
        public EthAddress address(int index) throws IOException {
            return word(words -> words.address(index));
        }

        /** The text that the first word points to. */
        public String text() throws IOException {
            return word(words -> words.text(0));
        }

        private <T> T word(Function<Words, T> reading) throws IOException {
            try {
                return reading.apply(words());
            } catch (IllegalArgumentException e) {
                throw new IOException(
                        "a contract did not answer "
                                + question.parameters()
                                + ": "
                                + e.getMessage()
                                + "; check -ethController and -ethUrl",
                        e);
            }
        }
    }

    /** A number as nodes write it. */
    static BigInteger quantity(JsonNode json) throws IOException {
        try {
            return EthRpc.number(json);
        } catch (RpcException e) {
            throw new IOException(e.getMessage(), e);
        }
    }
}

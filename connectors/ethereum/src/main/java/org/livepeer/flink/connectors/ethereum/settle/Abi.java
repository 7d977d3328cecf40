package org.livepeer.flink.connectors.ethereum.settle;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.livepeer.flink.operators.hash.Keccak256;
import org.livepeer.flink.operators.settlement.SettlementChain.Redeemable;
import org.livepeer.flink.operators.ticket.EthAddress;
import org.livepeer.flink.operators.ticket.Ticket;
import org.web3j.abi.FunctionEncoder;
import org.web3j.abi.datatypes.Address;
import org.web3j.abi.datatypes.DynamicArray;
import org.web3j.abi.datatypes.DynamicBytes;
import org.web3j.abi.datatypes.DynamicStruct;
import org.web3j.abi.datatypes.Type;
import org.web3j.abi.datatypes.Utf8String;
import org.web3j.abi.datatypes.generated.Bytes32;
import org.web3j.abi.datatypes.generated.Uint256;

/** Calls of contracts by the text of their signature. */
final class Abi {
    private static final String TICKET = "(address,address,uint256,uint256,uint256,bytes32,bytes)";

    private Abi() {}

    /**
     * What is sent to call a function.
     *
     * @param signature such as {@code bond(uint256,address)}
     * @param arguments numbers, addresses, 32 bytes, text
     */
    @SuppressWarnings("rawtypes") // web3j's own signature
    static byte[] call(String signature, Object... arguments) {
        List<Type> types = new ArrayList<>();
        for (Object each : arguments) {
            types.add(type(each));
        }
        byte[] hash = Keccak256.of(signature.getBytes(US_ASCII));
        return HexFormat.of()
                .parseHex(
                        HexFormat.of().formatHex(hash, 0, 4)
                                + FunctionEncoder.encodeConstructor(types));
    }

    private static Type<?> type(Object argument) {
        if (argument instanceof BigInteger number) {
            return new Uint256(number);
        }
        if (argument instanceof EthAddress address) {
            return new Address(address.lower());
        }
        if (argument instanceof byte[] bytes) {
            return new Bytes32(bytes);
        }
        if (argument instanceof String text) {
            return new Utf8String(text);
        }
        return (Type<?>) argument;
    }

    /** What redeems tickets: one alone, or several together. */
    static byte[] redemption(List<Redeemable> tickets) {
        if (tickets.size() == 1) {
            Redeemable one = tickets.get(0);
            return call(
                    "redeemWinningTicket(" + TICKET + ",bytes,uint256)",
                    struct(one.ticket()),
                    new DynamicBytes(one.signature()),
                    one.recipientRand());
        }
        return call(
                "batchRedeemWinningTickets(" + TICKET + "[],bytes[],uint256[])",
                new DynamicArray<>(
                        DynamicStruct.class,
                        tickets.stream().map(t -> struct(t.ticket())).toList()),
                new DynamicArray<>(
                        DynamicBytes.class,
                        tickets.stream().map(t -> new DynamicBytes(t.signature())).toList()),
                new DynamicArray<>(
                        Uint256.class,
                        tickets.stream().map(t -> new Uint256(t.recipientRand())).toList()));
    }

    private static DynamicStruct struct(Ticket ticket) {
        return new DynamicStruct(
                new Address(ticket.recipient().lower()),
                new Address(ticket.sender().lower()),
                new Uint256(ticket.faceValue()),
                new Uint256(ticket.winProb()),
                new Uint256(ticket.senderNonce()),
                new Bytes32(ticket.recipientRandHash()),
                new DynamicBytes(ticket.auxData()));
    }
}

package org.livepeer.flink.connectors.ethereum.devnet;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.livepeer.flink.operators.hash.Keccak256;
import org.web3j.abi.FunctionEncoder;
import org.web3j.abi.datatypes.Address;
import org.web3j.abi.datatypes.Type;
import org.web3j.abi.datatypes.Utf8String;
import org.web3j.abi.datatypes.generated.Bytes20;
import org.web3j.abi.datatypes.generated.Bytes32;
import org.web3j.abi.datatypes.generated.Uint256;

/** Calls of contracts by the text of their signature. */
final class Abi {
    private Abi() {}

    /**
     * What is sent to call a function.
     *
     * @param signature such as {@code bond(uint256,address)}
     * @param arguments numbers, {@code 0x} addresses as text, 20 or 32 bytes, other text
     * @return in hex
     */
    static String call(String signature, Object... arguments) {
        byte[] hash = Keccak256.of(signature.getBytes(US_ASCII));
        return "0x" + HexFormat.of().formatHex(hash, 0, 4) + arguments(arguments);
    }

    /** Arguments as a constructor takes them, in hex. */
    @SuppressWarnings("rawtypes") // web3j's own signature
    static String arguments(Object... arguments) {
        List<Type> types = new ArrayList<>();
        for (Object each : arguments) {
            types.add(type(each));
        }
        return FunctionEncoder.encodeConstructor(types);
    }

    private static Type<?> type(Object argument) {
        if (argument instanceof BigInteger number) {
            return new Uint256(number);
        }
        if (argument instanceof Number number) {
            return new Uint256(number.longValue());
        }
        if (argument instanceof byte[] bytes) {
            return bytes.length == 20 ? new Bytes20(bytes) : new Bytes32(bytes);
        }
        String text = String.valueOf(argument);
        return text.matches("0x[0-9a-fA-F]{40}") ? new Address(text) : new Utf8String(text);
    }

    /** Name under which the Controller knows a contract. */
    static byte[] id(String name) {
        return Keccak256.of(name.getBytes(US_ASCII));
    }
}

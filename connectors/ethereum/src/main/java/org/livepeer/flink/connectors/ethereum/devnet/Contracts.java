package org.livepeer.flink.connectors.ethereum.devnet;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.Map;
import org.livepeer.flink.connectors.ethereum.rpc.EthRpc;
import org.livepeer.flink.connectors.ethereum.rpc.RpcException;
import org.livepeer.flink.operators.hash.Keccak256;

/** Puts the network's contracts on a chain, in the order in which they need each other. */
final class Contracts {
    private static final BigInteger LPT = BigInteger.TEN.pow(18);
    private static final byte[] NO_COMMIT = new byte[20];
    private static final long MINED_AT_ONCE = 200;

    /** A contract that answers every call with a word of zeros: no tokens are on another chain. */
    private static final String NOTHING_ELSEWHERE = "0x6460206000f36000526005601bf3";

    private final EthRpc rpc;
    private final Artifacts artifacts;
    private final Sender sender;
    private final String owner;
    private final Map<String, String> addresses = new LinkedHashMap<>();
    private final Map<String, String> libraries = new LinkedHashMap<>();
    private final long roundBlocks;

    /**
     * @param owner the node signs for it
     * @param roundBlocks blocks of a round
     */
    Contracts(EthRpc rpc, Artifacts artifacts, String owner, long roundBlocks) {
        this.roundBlocks = roundBlocks;
        this.rpc = rpc;
        this.artifacts = artifacts;
        this.sender = new Sender(rpc);
        this.owner = owner;
    }

    /** Addresses by name. */
    Map<String, String> all() {
        return addresses;
    }

    private String address(String name) {
        String address = addresses.get(name);
        if (address == null) {
            throw new IllegalStateException(name + " is not there yet");
        }
        return address;
    }

    void deploy() throws IOException, RpcException {
        String controller = create("Controller");
        addresses.put("Controller", controller);
        register("LivepeerToken", create("token/LivepeerToken"));
        register("Minter", create("token/Minter", controller, 137, 3, 500_000));
        register("L2LPTDataCache", made(NOTHING_ELSEWHERE));
        String broker = proxied("TicketBroker", create("pm/TicketBroker", controller));
        register("JobsManager", broker);
        libraries.put("SortedDoublyLL", create("libraries/SortedDoublyLL"));
        proxied("BondingManager", create("bonding/BondingManager", controller));
        proxied("RoundsManager", create("rounds/RoundsManager", controller));
        proxied("ServiceRegistry", create("ServiceRegistry", controller));
        for (String role : new String[] {"MINTER_ROLE", "BURNER_ROLE"}) {
            byte[] id = Keccak256.of(role.getBytes(US_ASCII));
            call("LivepeerToken", "grantRole(bytes32,address)", id, address("Minter"));
            call("LivepeerToken", "grantRole(bytes32,address)", id, owner);
        }
        call("LivepeerToken", "mint(address,uint256)", owner, LPT.multiply(BigInteger.TEN.pow(7)));
        call("BondingManager", "setUnbondingPeriod(uint64)", 7);
        call("BondingManager", "setNumActiveTranscoders(uint256)", 100);
        call("TicketBroker", "setUnlockPeriod(uint256)", 2);
        call("TicketBroker", "setTicketValidityPeriod(uint256)", 2);
        call("RoundsManager", "setRoundLength(uint256)", roundBlocks);
        call("RoundsManager", "setRoundLockAmount(uint256)", 100_000);
        call("Controller", "unpause()");
        nextRound();
    }

    /** Bonds an orchestrator; it is active when this returns. */
    void activate(String orchestrator, String serviceUri) throws RpcException {
        BigInteger stake = LPT.multiply(BigInteger.valueOf(500));
        call("LivepeerToken", "transfer(address,uint256)", orchestrator, stake);
        callAs(
                orchestrator,
                "LivepeerToken",
                BigInteger.ZERO,
                "approve(address,uint256)",
                address("BondingManager"),
                stake);
        callAs(
                orchestrator,
                "BondingManager",
                BigInteger.ZERO,
                "bond(uint256,address)",
                stake,
                orchestrator);
        callAs(
                orchestrator,
                "BondingManager",
                BigInteger.ZERO,
                "transcoder(uint256,uint256)",
                100_000,
                50_000);
        callAs(
                orchestrator,
                "ServiceRegistry",
                BigInteger.ZERO,
                "setServiceURI(string)",
                serviceUri);
        nextRound();
    }

    /** Gives a gateway's ether to the broker. */
    void fund(String gateway, BigInteger deposit, BigInteger reserve) throws RpcException {
        callAs(
                gateway,
                "TicketBroker",
                deposit.add(reserve),
                "fundDepositAndReserve(uint256,uint256)",
                deposit,
                reserve);
    }

    /** To the very beginning of it: a whole round is left for what comes next. */
    private void nextRound() throws RpcException {
        String word =
                rpc.view(address("RoundsManager"), Abi.call("currentRoundStartBlock()"), "latest");
        long next = new BigInteger(word.substring(2), 16).longValueExact() + roundBlocks;
        long missing = Math.max(1, next - rpc.blockNumber());
        for (long mined = 0; mined < missing; mined += MINED_AT_ONCE) {
            // A long round is more than a node mines in the time of one answer.
            rpc.call("anvil_mine", EthRpc.hex(Math.min(MINED_AT_ONCE, missing - mined)));
        }
        call("RoundsManager", "initializeRound()");
    }

    private String create(String source, Object... arguments) throws IOException, RpcException {
        return made(artifacts.bytecode(source, libraries) + Abi.arguments(arguments));
    }

    private String made(String code) throws RpcException {
        return sender.send(owner, null, code, BigInteger.ZERO).path("contractAddress").asText();
    }

    private void register(String name, String address) throws RpcException {
        addresses.put(name, address);
        call(
                "Controller",
                "setContractInfo(bytes32,address,bytes20)",
                Abi.id(name),
                address,
                NO_COMMIT);
    }

    private String proxied(String name, String target) throws IOException, RpcException {
        register(name + "Target", target);
        String proxy = create("ManagerProxy", address("Controller"), Abi.id(name + "Target"));
        register(name, proxy);
        return proxy;
    }

    private void call(String contract, String signature, Object... arguments) throws RpcException {
        callAs(owner, contract, BigInteger.ZERO, signature, arguments);
    }

    private void callAs(
            String from, String contract, BigInteger wei, String signature, Object... arguments)
            throws RpcException {
        sender.send(from, address(contract), Abi.call(signature, arguments), wei);
    }
}

package org.livepeer.flink.connectors.ethereum.settle;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.livepeer.flink.connectors.ethereum.devnet.Devnet;
import org.livepeer.flink.connectors.ethereum.devnet.Packages;
import org.livepeer.flink.connectors.ethereum.keys.AccountKey;
import org.livepeer.flink.connectors.ethereum.keys.KeySigner;
import org.livepeer.flink.connectors.ethereum.keys.KeyStore;
import org.livepeer.flink.connectors.ethereum.rpc.EthRpc;
import org.livepeer.flink.operators.hash.Keccak256;
import org.livepeer.flink.operators.settlement.SettlementChain;
import org.livepeer.flink.operators.settlement.SettlementChain.Call;
import org.livepeer.flink.operators.settlement.SettlementChain.Look;
import org.livepeer.flink.operators.settlement.SettlementChain.Mined;
import org.livepeer.flink.operators.settlement.SettlementChain.Prepared;
import org.livepeer.flink.operators.settlement.SettlementChain.Standing;
import org.livepeer.flink.operators.settlement.SettlementChain.Step;
import org.livepeer.flink.operators.settlement.SettlementChain.Wanted;
import org.livepeer.flink.operators.settlement.TransactionSigner;
import org.livepeer.flink.operators.settlement.TransactionSigner.Unsigned;
import org.livepeer.flink.operators.ticket.EthAddress;

/** The development chain with accounts that act on it through settlement's ports. */
final class DevnetActors implements AutoCloseable {
    static final Wanted NOTHING = new Wanted(0, List.of(), List.of(), List.of(), Map.of());
    static final int CONFIRMATIONS = 3;

    private final Path folder;
    private final Devnet devnet;

    private DevnetActors(Path folder, Devnet devnet) {
        this.folder = folder;
        this.devnet = devnet;
    }

    /** Starts it, or skips the test with a reason. */
    static DevnetActors start(Path folder) throws Exception {
        Path packages;
        try {
            packages = Packages.in(Path.of("../../target/devnet").toAbsolutePath().normalize());
        } catch (IllegalStateException e) {
            packages = Assumptions.abort(e.getMessage());
        }
        Devnet.Options options =
                new Devnet.Options(
                        folder, packages, 0, Duration.ofMillis(250), "https://127.0.0.1:8935");
        return new DevnetActors(folder, Devnet.start(options));
    }

    Devnet devnet() {
        return devnet;
    }

    /** What a contract says, as words. */
    Words view(String contract, String signature, Object... arguments) throws Exception {
        String data = EthRpc.hex(Abi.call(signature, arguments));
        return new Words(
                HexFormat.of()
                        .parseHex(
                                devnet.rpc()
                                        .view(address(contract).lower(), data, "latest")
                                        .substring(2)));
    }

    BigInteger number(String contract, String signature, Object... arguments) throws Exception {
        return view(contract, signature, arguments).number(0);
    }

    EthAddress address(String contract) {
        return EthAddress.parse(devnet.facts().contracts().getOrDefault(contract, contract));
    }

    BigInteger balance(EthAddress account) throws Exception {
        return EthRpc.number(devnet.rpc().call("eth_getBalance", account.lower(), "latest"));
    }

    void setBalance(String account, BigInteger wei) throws Exception {
        devnet.rpc().call("anvil_setBalance", account, "0x" + wei.toString(16));
    }

    /** Lets rounds pass; they are initialized. */
    void pass(int rounds) throws Exception {
        for (int i = 0; i < rounds; i++) {
            BigInteger before = number("RoundsManager", "currentRound()");
            mineToNextRound();
            while (number("RoundsManager", "lastInitializedRound()").compareTo(before) <= 0) {
                Thread.sleep(50);
            }
        }
    }

    void mineToNextRound() throws Exception {
        long next =
                number("RoundsManager", "currentRoundStartBlock()").longValueExact()
                        + number("RoundsManager", "roundLength()").longValueExact();
        long blocks = Math.max(1, next - devnet.rpc().blockNumber());
        devnet.rpc().call("anvil_mine", EthRpc.hex(blocks));
    }

    /** One that has a keystore in the chain's folder. */
    Actor actor(String name) {
        TransactionSigner signer = signer(name);
        return new Actor(signer, signer.account());
    }

    /** The same, with another one as the orchestrator that it settles for. */
    Actor actorFor(String name, EthAddress recipient) {
        return new Actor(signer(name), recipient);
    }

    private TransactionSigner signer(String name) {
        Path passphrase = folder.resolve(name + ".passphrase");
        return new KeySigner.Factory(folder.resolve(name).toString(), null, passphrase.toString())
                .open();
    }

    AccountKey key(String name) {
        return KeyStore.open(folder.resolve(name), null, folder.resolve(name + ".passphrase"));
    }

    /** A new one with a thousand ether and tokens. */
    Actor newActor(String name, BigInteger tokens) throws Exception {
        byte[] key = new byte[32];
        new SecureRandom().nextBytes(key);
        key[0] &= 0x7f;
        KeyStore.write(folder.resolve(name), key, name);
        Files.writeString(folder.resolve(name + ".passphrase"), name);
        Actor actor = actor(name);
        setBalance(actor.account().lower(), BigInteger.TEN.pow(21));
        devnet.send(
                devnet.facts().deployer(),
                "LivepeerToken",
                BigInteger.ZERO,
                "transfer(address,uint256)",
                actor.account().lower(),
                tokens);
        return actor;
    }

    @Override
    public void close() {
        devnet.close();
    }

    /** An account. */
    final class Actor {
        private final TransactionSigner signer;
        private final SettlementChain chain;

        private Actor(TransactionSigner signer, EthAddress recipient) {
            this.signer = signer;
            this.chain =
                    new RpcSettlementChain.Factory(
                                    devnet.uri().toString(),
                                    address("Controller").lower(),
                                    signer.account().lower(),
                                    recipient.lower(),
                                    CONFIRMATIONS)
                            .open();
        }

        SettlementChain chain() {
            return chain;
        }

        EthAddress account() {
            return signer.account();
        }

        /** Signs a call, sends it by one look, and looks until it is in a block. */
        Mined send(Call call, long gas) throws Exception {
            Standing standing = chain.look(NOTHING).standing();
            byte[] raw =
                    signer.sign(
                            new Unsigned(
                                    standing.chainId(),
                                    standing.nonce(),
                                    gas,
                                    standing.baseFee().shiftLeft(1).add(BigInteger.TEN),
                                    BigInteger.ONE,
                                    call.to(),
                                    call.wei(),
                                    call.data()));
            String hash = EthRpc.hex(Keccak256.of(raw));
            for (int i = 0; i < 3; i++) {
                Look sent =
                        chain.look(
                                new Wanted(0, List.of(), List.of(), List.of(), Map.of(hash, raw)));
                assertThat(sent.unsent()).as("offered again, it is taken all the same").isEmpty();
            }
            for (int i = 0; i < 200; i++) {
                Look look =
                        chain.look(new Wanted(0, List.of(), List.of(), List.of(hash), Map.of()));
                Mined mined = look.mined().get(hash);
                if (mined != null && look.standing().nonce() > standing.nonce()) {
                    return mined;
                }
                Thread.sleep(50);
            }
            throw new AssertionError("not in a block: " + hash);
        }

        Prepared prepare(String action, Map<String, String> arguments, int step)
                throws IOException {
            Prepared prepared =
                    chain.look(
                                    new Wanted(
                                            0,
                                            List.of(),
                                            List.of(new Step("order", action, arguments, step)),
                                            List.of(),
                                            Map.of()))
                            .steps()
                            .get("order");
            assertThat(prepared).isNotNull();
            return prepared;
        }

        /** Carries out an order, and says how many steps that took. */
        int carryOut(String action, Map<String, String> arguments) throws Exception {
            assertThat(chain.refusal(action, arguments)).isEmpty();
            int waits = 0;
            int step = 0;
            while (true) {
                Prepared prepared = prepare(action, arguments, step);
                if (prepared.call() == null && prepared.fault().isEmpty()) {
                    return step;
                }
                if (!prepared.isFinal() && prepared.gas() == null && waits < 100) {
                    waits++;
                    Thread.sleep(100);
                    continue;
                }
                assertThat(prepared.fault()).as(action).isEmpty();
                Mined mined = send(prepared.call(), prepared.gas());
                assertThat(mined.fault()).as(action).isEmpty();
                assertThat(mined.succeeded()).as(action + " step " + step).isTrue();
                step++;
            }
        }
    }
}

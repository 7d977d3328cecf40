package org.livepeer.flink.jobs.cli;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.ethereum.keys.AccountKey;
import org.livepeer.flink.connectors.ethereum.keys.KeyStore;
import picocli.CommandLine.Option;

/** An orchestrator of the network, and the account that pays it. */
final class PayerFlags {
    @Option(
            names = {"-orchAddr", "--orchAddr"},
            paramLabel = "HOST[:PORT]",
            description =
                    "push to this orchestrator as a gateway of the network does, not over Kafka")
    @Nullable String orchestrator;

    @Option(
            names = {"-ethKeystorePath", "--ethKeystorePath"},
            paramLabel = "FILE|DIR",
            description = "keystore of the account that pays with tickets (default: nobody pays)")
    @Nullable Path keystore;

    @Option(
            names = {"-ethAcctAddr", "--ethAcctAddr"},
            paramLabel = "0xADDRESS",
            description = "the paying account, where the keystore has several")
    @Nullable String account;

    @Option(
            names = {"-ethPassword", "--ethPassword"},
            paramLabel = "FILE",
            description = "file with the keystore's passphrase")
    @Nullable Path password;

    /** Whether a push goes to an orchestrator of the network. */
    boolean isGiven() {
        if (orchestrator == null && (keystore != null || password != null || account != null)) {
            throw new IllegalArgumentException(
                    "-ethKeystorePath, -ethAcctAddr and -ethPassword go with -orchAddr: a push over"
                            + " Kafka is paid by what its manifest was granted");
        }
        return orchestrator != null;
    }

    InetSocketAddress address() {
        String bare = orchestrator == null ? "" : orchestrator.replaceFirst("^https://", "");
        String full = bare.contains(":") ? bare : bare + ":8935";
        return NodeFlags.address("-orchAddr", full.replaceFirst("/$", ""));
    }

    /** The key that pays; null when nobody does. */
    @Nullable AccountKey key() {
        if (keystore == null && password == null && account == null) {
            return null;
        }
        if (keystore == null || password == null) {
            throw new IllegalArgumentException(
                    "to pay with tickets name both, -ethKeystorePath and -ethPassword FILE");
        }
        return KeyStore.open(
                keystore,
                account == null ? null : ChainFlags.address("-ethAcctAddr", account),
                password);
    }
}

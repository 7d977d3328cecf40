package org.livepeer.flink.jobs.cli;

import java.nio.file.Path;
import java.util.HexFormat;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.ethereum.keys.AccountKey;
import org.livepeer.flink.connectors.ethereum.keys.KeyStore;
import org.livepeer.flink.connectors.ethereum.keys.Messages;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** An account's signature of a message. */
@Command(
        name = "sign",
        description =
                "Sign a message with an account's key: text (EIP-191) or typed data (EIP-712). Nothing"
                        + " is sent anywhere.")
final class SignCommand implements Callable<Integer> {
    @Mixin CommonFlags common = new CommonFlags();

    @Parameters(index = "0", paramLabel = "MESSAGE", description = "text, or JSON with --typed")
    String message = "";

    @Option(
            names = {"-typed", "--typed"},
            description = "the message is typed data: types, primaryType, domain and message")
    boolean typed;

    @Option(
            names = {"-ethKeystorePath", "--ethKeystorePath"},
            paramLabel = "FILE|DIR",
            description = "keystore of the account (default: DATADIR/keystore)")
    @Nullable Path keystore;

    @Option(
            names = {"-ethAcctAddr", "--ethAcctAddr"},
            paramLabel = "0xADDRESS",
            description = "the account, where the keystore has several")
    @Nullable String account;

    @Option(
            names = {"-ethPassword", "--ethPassword"},
            paramLabel = "FILE",
            description = "file with the keystore's passphrase")
    @Nullable Path password;

    @Option(
            names = {"-json", "--json"},
            description = "print JSON with the account")
    boolean json;

    @CommandLine.Spec CommandLine.Model.@Nullable CommandSpec spec;

    @Override
    public Integer call() {
        if (password == null) {
            throw usage("give the file with the keystore's passphrase: -ethPassword FILE");
        }
        AccountKey key;
        byte[] signature;
        try {
            key =
                    KeyStore.open(
                            keystore == null ? common.dataDir.resolve("keystore") : keystore,
                            account == null ? null : ChainFlags.address("-ethAcctAddr", account),
                            password);
            Messages messages = new Messages(key);
            signature = typed ? messages.signTyped(message) : messages.signText(message);
        } catch (IllegalArgumentException e) {
            throw usage(String.valueOf(e.getMessage()));
        }
        String hex = "0x" + HexFormat.of().formatHex(signature);
        if (json) {
            new Report().fact("account", key.address()).fact("signature", hex).print(true);
        } else {
            System.out.println(hex);
        }
        return 0;
    }

    private RuntimeException usage(String problem) {
        return spec == null
                ? new IllegalArgumentException(problem)
                : new CommandLine.ParameterException(spec.commandLine(), problem);
    }
}

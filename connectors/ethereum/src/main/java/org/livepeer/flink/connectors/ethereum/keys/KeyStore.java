package org.livepeer.flink.connectors.ethereum.keys;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.operators.ticket.EthAddress;
import org.web3j.crypto.ECKeyPair;
import org.web3j.crypto.Wallet;
import org.web3j.crypto.WalletFile;
import org.web3j.crypto.exception.CipherException;

/** Keystore files of go-ethereum (version 3), one in a file or several in a folder. */
public final class KeyStore {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int WORD = 32;

    private KeyStore() {}

    /**
     * Opens an account's key.
     *
     * @param path keystore file, or a folder of them
     * @param account which one; null when there is only one
     * @param passphrase file with the passphrase; its line end does not count
     * @throws IllegalArgumentException when there is no such key, or the passphrase is wrong
     */
    public static AccountKey open(Path path, @Nullable EthAddress account, Path passphrase) {
        Path file = choose(path, account);
        String secret;
        try {
            secret = Files.readString(passphrase, UTF_8).strip();
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "the passphrase file " + passphrase + " cannot be read: give -ethPassword FILE",
                    e);
        }
        try {
            ECKeyPair pair =
                    Wallet.decrypt(secret, JSON.readValue(file.toFile(), WalletFile.class));
            byte[] key = new byte[WORD];
            byte[] bytes = pair.getPrivateKey().toByteArray();
            int length = Math.min(WORD, bytes.length);
            System.arraycopy(bytes, bytes.length - length, key, WORD - length, length);
            return new AccountKey(key);
        } catch (CipherException e) {
            throw new IllegalArgumentException(
                    "the passphrase in " + passphrase + " does not open " + file, e);
        } catch (IOException e) {
            throw new IllegalArgumentException(file + " is no keystore file", e);
        }
    }

    private static Path choose(Path path, @Nullable EthAddress account) {
        List<Path> files = files(path);
        List<Path> fitting =
                files.stream().filter(f -> account == null || isOf(f, account)).toList();
        if (fitting.size() == 1) {
            return fitting.get(0);
        }
        throw new IllegalArgumentException(
                path
                        + (account == null
                                ? " holds " + fitting.size() + " keys"
                                : " holds " + fitting.size() + " files with the key of " + account)
                        + ", and one is needed: give the file as -ethKeystorePath, or"
                        + " -ethAcctAddr 0xADDRESS");
    }

    private static List<Path> files(Path path) {
        if (!Files.isDirectory(path)) {
            return List.of(path);
        }
        try (Stream<Path> all = Files.list(path)) {
            return all.filter(Files::isRegularFile).filter(f -> !address(f).isEmpty()).toList();
        } catch (IOException e) {
            throw new IllegalArgumentException(path + " cannot be read", e);
        }
    }

    private static boolean isOf(Path file, EthAddress account) {
        return address(file).equals(HexFormat.of().formatHex(account.bytes()));
    }

    /** The account that a file says it is of; empty for no keystore file. */
    private static String address(Path file) {
        try {
            JsonNode said = JSON.readTree(file.toFile());
            return said.path("crypto").isObject()
                    ? said.path("address").asText("").toLowerCase(Locale.ROOT).replace("0x", "")
                    : "";
        } catch (JsonProcessingException e) {
            return "";
        } catch (IOException e) {
            throw new IllegalArgumentException(file + " cannot be read: give -ethKeystorePath", e);
        }
    }

    /**
     * Writes a key in that form, for tests and development chains only: the cipher is a light one.
     *
     * @return the file
     */
    public static Path write(Path folder, byte[] privateKey, String passphrase) throws IOException {
        try {
            WalletFile wallet = Wallet.createLight(passphrase, ECKeyPair.create(privateKey));
            Path file = folder.resolve("keystore-" + wallet.getAddress());
            Files.createDirectories(folder);
            JSON.writeValue(file.toFile(), wallet);
            return file;
        } catch (CipherException e) {
            throw new IOException("the key cannot be written", e);
        }
    }
}

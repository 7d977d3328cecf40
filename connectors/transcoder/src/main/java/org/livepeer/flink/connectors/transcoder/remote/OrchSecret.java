package org.livepeer.flink.connectors.transcoder.remote;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * What an orchestrator and its transcoders share, {@code -orchSecret}. Never printed.
 *
 * @param text 1 or more printable ASCII characters: it travels in a header
 */
public record OrchSecret(String text) {
    public OrchSecret {
        if (text.isEmpty() || !text.chars().allMatch(c -> c >= 0x20 && c <= 0x7e)) {
            throw new IllegalArgumentException(
                    "the secret of transcoders must be 1 or more printable ASCII characters");
        }
    }

    /**
     * The content of the file of that name, without white space around it; the text itself when
     * there is no such file. go-livepeer's rule, but a file that cannot be used is an error.
     *
     * @param flag that gave it, for errors
     * @throws IOException when there is such a file and it cannot be read or is empty
     */
    public static OrchSecret read(String flag, String given) throws IOException {
        Path file;
        try {
            file = Path.of(given);
        } catch (InvalidPathException e) {
            return new OrchSecret(given);
        }
        if (given.isEmpty() || !Files.exists(file)) {
            return new OrchSecret(given);
        }
        if (Files.isDirectory(file)) {
            throw new IOException(flag + " names a directory: name a file");
        }
        String text = Files.readString(file, StandardCharsets.UTF_8).strip();
        if (text.isEmpty()) {
            throw new IOException("the file of " + flag + " is empty: " + file);
        }
        return new OrchSecret(text);
    }

    @Override
    public String toString() {
        return "OrchSecret[hidden]";
    }
}

package org.livepeer.flink.connectors.kafka;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.operators.auth.ClusterSecret;
import org.livepeer.flink.operators.auth.SecretSource;

/** The cluster secret in a file that only its owner can read; the same path on every host. */
public final class SecretFile implements SecretSource {
    private static final long serialVersionUID = 1L;

    private final String path;
    private transient @Nullable ClusterSecret loaded;

    public SecretFile(Path path) {
        this.path = path.toAbsolutePath().toString();
    }

    /** The file, made with a fresh random secret when it is not there. */
    public static SecretFile orCreate(Path path) {
        try {
            if (!Files.exists(path)) {
                Path folder = path.toAbsolutePath().getParent();
                if (folder != null) {
                    Files.createDirectories(folder);
                }
                byte[] random = new byte[32];
                new SecureRandom().nextBytes(random);
                Files.createFile(
                        path,
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")));
                Files.writeString(
                        path,
                        HexFormat.of().formatHex(random) + "\n",
                        StandardOpenOption.TRUNCATE_EXISTING);
            }
        } catch (IOException e) {
            throw new IllegalStateException("cannot make the cluster secret file " + path, e);
        }
        return new SecretFile(path);
    }

    /**
     * The secret.
     *
     * @throws IllegalStateException when the file cannot be read; says where it should be
     */
    @Override
    public synchronized ClusterSecret secret() {
        ClusterSecret known = loaded;
        if (known == null) {
            try {
                String text = Files.readString(Path.of(path), StandardCharsets.UTF_8).trim();
                known = new ClusterSecret(text.getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                throw new IllegalStateException(
                        "cannot read the cluster secret from "
                                + path
                                + ": the same file must be on every host of the deployment",
                        e);
            }
            loaded = known;
        }
        return known;
    }
}

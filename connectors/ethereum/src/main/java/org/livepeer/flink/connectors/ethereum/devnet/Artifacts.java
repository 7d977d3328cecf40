package org.livepeer.flink.connectors.ethereum.devnet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** The network's contracts as their npm package has them. */
final class Artifacts {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path folder;

    /**
     * @param packages the folder {@code node_modules}
     * @throws IllegalStateException when the package is not there
     */
    Artifacts(Path packages) {
        this.folder = Packages.contracts(packages);
        if (!Files.isDirectory(folder)) {
            throw new IllegalStateException("the network's contracts are not in " + packages);
        }
    }

    /**
     * What is sent to make a contract.
     *
     * @param source such as {@code pm/TicketBroker}
     * @param libraries addresses of what is to be linked, by name
     * @return in hex
     */
    String bytecode(String source, Map<String, String> libraries) throws IOException {
        String name = source.substring(source.lastIndexOf('/') + 1);
        Path file = folder.resolve(source + ".sol").resolve(name + ".json");
        JsonNode artifact = JSON.readTree(file.toFile());
        StringBuilder code = new StringBuilder(artifact.path("bytecode").asText());
        for (JsonNode each : artifact.path("linkReferences")) {
            for (Map.Entry<String, JsonNode> library : each.properties()) {
                String address = libraries.get(library.getKey());
                if (address == null) {
                    throw new IllegalStateException(source + " needs " + library.getKey());
                }
                for (JsonNode place : library.getValue()) {
                    int at = 2 + 2 * place.path("start").asInt();
                    code.replace(at, at + 40, address.substring(2));
                }
            }
        }
        return code.toString();
    }
}

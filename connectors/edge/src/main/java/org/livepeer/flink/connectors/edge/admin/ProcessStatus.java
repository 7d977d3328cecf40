package org.livepeer.flink.connectors.edge.admin;

import java.util.Map;

/**
 * What a process is and what it waits for.
 *
 * @param version of livepeer-flink
 * @param startedAtMs ms since the epoch
 * @param parts name of each part to what it is or where it listens
 * @param waitingFor what keeps the process from being ready, a sentence; empty when it is
 */
public record ProcessStatus(
        String version, long startedAtMs, Map<String, String> parts, String waitingFor) {
    public ProcessStatus {
        parts = Map.copyOf(parts);
    }
}

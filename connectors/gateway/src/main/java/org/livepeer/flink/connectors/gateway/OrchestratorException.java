package org.livepeer.flink.connectors.gateway;

/** An orchestrator refused, failed, did not answer in time, or asked for too much; says which. */
public final class OrchestratorException extends Exception {
    private static final long serialVersionUID = 1;

    OrchestratorException(String message) {
        super(message);
    }

    OrchestratorException(String message, Throwable cause) {
        super(message, cause);
    }
}

package org.livepeer.flink.jobs.orchestrator;

/** The version of this build. */
public final class Version {
    public static final String VERSION = "0.1.0";

    private Version() {}
}

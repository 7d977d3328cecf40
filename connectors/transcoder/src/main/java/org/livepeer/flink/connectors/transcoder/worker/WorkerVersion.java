package org.livepeer.flink.connectors.transcoder.worker;

/** The version that a worker reports. */
final class WorkerVersion {
    private WorkerVersion() {}

    /** From the jar's manifest; {@code dev} when run from classes. */
    static String current() {
        String version = WorkerVersion.class.getPackage().getImplementationVersion();
        return version == null ? "dev" : version;
    }
}

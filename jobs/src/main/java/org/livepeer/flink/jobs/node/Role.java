package org.livepeer.flink.jobs.node;

/** What a process does in a deployment. */
public enum Role {
    /** Runs the orchestrator job, or submits it to a Flink cluster. */
    ORCHESTRATOR,
    /** Takes uploads, serves the page, HLS and JSON. */
    EDGE,
    /** Transcodes. */
    TRANSCODER
}

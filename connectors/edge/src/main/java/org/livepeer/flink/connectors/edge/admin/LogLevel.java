package org.livepeer.flink.connectors.edge.admin;

/** How much the process logs, 0 to 6. */
public interface LogLevel {
    /** The level now. */
    int get();

    /** Sets it; what is out of range counts as the nearest. */
    void set(int level);
}

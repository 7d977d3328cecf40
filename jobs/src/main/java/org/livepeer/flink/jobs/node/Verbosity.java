package org.livepeer.flink.jobs.node;

import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.config.Configurator;
import org.livepeer.flink.connectors.edge.admin.LogLevel;

/** {@code -v} of the process: 0 logs nothing, 3 warnings, 4 and 5 what happens, 6 everything. */
public final class Verbosity implements LogLevel {
    /** The one of this process. */
    public static final Verbosity PROCESS = new Verbosity();

    private static final int MOST = 6;

    private volatile int level = 3;

    private Verbosity() {}

    @Override
    public int get() {
        return level;
    }

    @Override
    public void set(int wanted) {
        level = Math.max(0, Math.min(MOST, wanted));
        Configurator.setRootLevel(
                switch (level) {
                    case 0 -> Level.OFF;
                    case 1, 2 -> Level.ERROR;
                    case 3 -> Level.WARN;
                    case 4, 5 -> Level.INFO;
                    default -> Level.DEBUG;
                });
    }
}

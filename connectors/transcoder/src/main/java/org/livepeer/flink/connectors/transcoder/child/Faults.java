package org.livepeer.flink.connectors.transcoder.child;

import java.util.concurrent.locks.LockSupport;

/**
 * Deaths on order, for tests of the supervisor: only in a process that was started with the system
 * property {@value #PROPERTY}.
 */
final class Faults {
    static final String PROPERTY = "livepeer.transcoder.faults";

    private Faults() {}

    static void inject(String requestId) {
        if (!Boolean.getBoolean(PROPERTY)) {
            return;
        }
        if (requestId.startsWith("crash")) {
            Runtime.getRuntime().halt(134);
        }
        while (requestId.startsWith("hang")) {
            LockSupport.park();
        }
    }
}

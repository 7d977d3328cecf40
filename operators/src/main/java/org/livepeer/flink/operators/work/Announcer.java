package org.livepeer.flink.operators.work;

import java.io.Serializable;

/** Tells Assign where a subtask of Work runs, so that it is asked for the workers beside it. */
public interface Announcer extends AutoCloseable {
    /**
     * Says that a subtask runs on this host. Neither blocks nor fails: what does not get through
     * costs a way over the network, nothing else.
     *
     * @param subtask number of the subtask, from 0
     * @param parallelism subtasks in all
     */
    void announce(int subtask, int parallelism);

    @Override
    void close();

    /** Makes the announcer of one subtask; travels to it. */
    @FunctionalInterface
    interface Factory extends Serializable {
        Announcer create();
    }
}

package org.livepeer.flink.connectors.storage;

import java.nio.file.Path;
import java.time.Clock;

/**
 * @param directory root of the shared directory; made when it is not there
 * @param freeSpaceFloor bytes that stay free on the disk: below it nothing is stored
 * @param clock time for collecting
 */
public record StoreOptions(Path directory, long freeSpaceFloor, Clock clock) {
    /** 512 MiB. */
    public static final long DEFAULT_FREE_SPACE_FLOOR = 512L << 20;

    public StoreOptions {
        if (freeSpaceFloor < 0) {
            throw new IllegalArgumentException(
                    "the segment store's free-space floor is "
                            + freeSpaceFloor
                            + ", not 0 or more");
        }
    }

    /** A store in a directory with the default floor. */
    public static StoreOptions of(Path directory) {
        return new StoreOptions(directory, DEFAULT_FREE_SPACE_FLOOR, Clock.systemUTC());
    }
}

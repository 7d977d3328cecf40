package org.livepeer.flink.operators.auth;

import java.io.Serializable;

/**
 * Where a process finds the cluster secret. Travels with a job in place of the secret, which never
 * stands in a job graph: each process reads it itself.
 */
@FunctionalInterface
public interface SecretSource extends Serializable {
    ClusterSecret secret();
}

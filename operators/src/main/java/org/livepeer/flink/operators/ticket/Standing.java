package org.livepeer.flink.operators.ticket;

/** How accounts stand on the chain when a payment arrives. */
public interface Standing {
    /** For what was asked before: everybody stands well. */
    Standing UNASKED =
            new Standing() {
                @Override
                public long round() {
                    return 0;
                }

                @Override
                public boolean isActive(EthAddress orchestrator) {
                    return true;
                }

                @Override
                public boolean unlocksSoon(EthAddress sender) {
                    return false;
                }
            };

    /** The newest round that was initialized. */
    long round();

    /** Whether that orchestrator is in the active set of the round. */
    boolean isActive(EthAddress orchestrator);

    /** Whether the sender may take its deposit out by the next round. */
    boolean unlocksSoon(EthAddress sender);
}

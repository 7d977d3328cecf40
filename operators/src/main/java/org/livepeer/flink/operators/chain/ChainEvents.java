package org.livepeer.flink.operators.chain;

import java.util.Map;
import org.livepeer.flink.schemas.ChainLog;

/** Events that the fold looks at: the contract's name and the hash of the event's signature. */
final class ChainEvents {
    private static final String ROUNDS = "RoundsManager ";
    private static final String BROKER = "TicketBroker ";
    private static final String BONDING = "BondingManager ";

    /** {@code NewRound(uint256 indexed round, bytes32 blockHash)}. */
    static final String NEW_ROUND =
            ROUNDS + "22f2fc17c5daf07db2379b3a03a8ef20a183f761097a58fce219c8a14619e786";

    /** {@code DepositFunded(address indexed sender, uint256 amount)}. */
    static final String DEPOSIT_FUNDED =
            BROKER + "5159e237d952190e68d5215430f305831be7c9c8776d1377c76679ae4773413f";

    /** {@code ReserveFunded(address indexed reserveHolder, uint256 amount)}. */
    static final String RESERVE_FUNDED =
            BROKER + "b52b99b9e83551fcbd069b559cc3e823e2a1a3bad8ece46561ea77524394c850";

    /** {@code ReserveClaimed(address indexed reserveHolder, address claimant, uint256 amount)}. */
    static final String RESERVE_CLAIMED =
            BROKER + "5c2b394723f408a40a60335e24b71829642e35f350cebe2036a96a66e895ea98";

    /**
     * {@code WinningTicketTransfer(address indexed sender, address indexed recipient, uint256
     * amount)}.
     */
    static final String TICKET_TRANSFER =
            BROKER + "8b87351a208c06e3ceee59d80725fd77a23b4129e1b51ca231fc89b40712649c";

    /** {@code Unlock(address indexed sender, uint256 startRound, uint256 endRound)}. */
    static final String UNLOCK =
            BROKER + "f7870c5b224cbc19873599e46ccfc7103934650509b1af0c3ce90138377c2004";

    /** {@code UnlockCancelled(address indexed sender)}. */
    static final String UNLOCK_CANCELLED =
            BROKER + "fa044b7b93a40365dc68049797c2eb06918523d694e5d56e406cac3eb35578e5";

    /** {@code Withdrawal(address indexed sender, uint256 deposit, uint256 reserve)}. */
    static final String WITHDRAWAL =
            BROKER + "df273cb619d95419a9cd0ec88123a0538c85064229baa6363788f743fff90deb";

    /** {@code TranscoderActivated(address indexed transcoder, uint256 activationRound)}. */
    static final String ACTIVATED =
            BONDING + "65d72d782835d64c3287844a829608d5abdc7e864cc9affe96d910ab3db665e9";

    /** {@code TranscoderDeactivated(address indexed transcoder, uint256 deactivationRound)}. */
    static final String DEACTIVATED =
            BONDING + "fee3e693fc72d0a0a673805f3e606c551f4c677b9072444b90dd2d0406bc995c";

    /** {@code ServiceURIUpdate(address indexed addr, string serviceURI)}. */
    static final String SERVICE_URI =
            "ServiceRegistry fbb63068732c85741c9f8e61caffaabe038d577bfafd2d2dcc0e352a4f653a4c";

    private static final int WORD = 32;

    /** The event's hash, and the account or the round. */
    private static final int TOPICS = 2;

    /** Fields that are not indexed, of 32 bytes each; of a text its place and its length. */
    private static final Map<String, Integer> WORDS =
            Map.ofEntries(
                    Map.entry(NEW_ROUND, 1),
                    Map.entry(DEPOSIT_FUNDED, 1),
                    Map.entry(RESERVE_FUNDED, 1),
                    Map.entry(RESERVE_CLAIMED, 2),
                    Map.entry(TICKET_TRANSFER, 1),
                    Map.entry(UNLOCK, 2),
                    Map.entry(UNLOCK_CANCELLED, 0),
                    Map.entry(WITHDRAWAL, 2),
                    Map.entry(ACTIVATED, 1),
                    Map.entry(DEACTIVATED, 1),
                    Map.entry(SERVICE_URI, 2));

    private ChainEvents() {}

    /**
     * Whether it has the fields of its event. Their hash does not say which of them are indexed: a
     * contract of another build, or a node that lies, may put them elsewhere.
     */
    static boolean isWhole(String event, ChainLog log) {
        Integer words = WORDS.get(event);
        return words == null
                || (log.getTopics().size() >= TOPICS && log.getData().remaining() >= words * WORD);
    }
}

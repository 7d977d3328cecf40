package org.livepeer.flink.jobs;

import java.time.Duration;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.schemas.AccountState;
import org.livepeer.flink.schemas.LedgerEntry;

/** What the ledger's topic says of an account. */
final class Ledgers {
    private Ledgers() {}

    /** The account when so many segments are charged and nothing is reserved any more. */
    static AccountState settled(
            KafkaAddress address, String account, long charged, Duration patience) {
        AccountState[] last = new AccountState[1];
        try (TopicTail ledger = new TopicTail(address, Topics.LEDGER)) {
            ledger.until(
                    all -> {
                        for (ConsumerRecord<byte[], byte[]> record : all) {
                            AccountState state =
                                    TopicTail.decode(LedgerEntry.class, record).getState();
                            if (state.getAccount().equals(account)) {
                                last[0] = state;
                            }
                        }
                        return last[0] != null
                                && last[0].getChargedSegments() >= charged
                                && last[0].getOutstanding() == 0;
                    },
                    patience);
        }
        return last[0];
    }
}

package org.livepeer.flink.jobs;

import java.time.Duration;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.connectors.kafka.SecretFile;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.connectors.kafka.client.ControlProducer;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.schemas.AccountState;
import org.livepeer.flink.schemas.ControlCommand;
import org.livepeer.flink.schemas.GrantCredit;
import org.livepeer.flink.schemas.LedgerEntry;

/** Gives credit, and reads what the ledger's topic says of an account. */
public final class Ledgers {
    private Ledgers() {}

    /** Prepaid credit, in wei. */
    public static void grant(KafkaAddress address, SecretFile secret, String account, long wei) {
        try (ControlProducer control = new ControlProducer(address, secret.secret())) {
            grant(control, account, wei);
        }
    }

    static void grant(ControlProducer control, String account, long wei) {
        control.send(
                ControlCommand.newBuilder()
                        .setId(UUID.randomUUID().toString())
                        .setTarget(account)
                        .setIssuedAtMs(System.currentTimeMillis())
                        .setCommand(new GrantCredit(Fraction.of(wei).toRational()))
                        .build());
    }

    /** The account when so many segments are charged and nothing is reserved any more. */
    public static AccountState settled(
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

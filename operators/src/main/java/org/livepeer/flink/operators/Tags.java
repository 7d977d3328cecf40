package org.livepeer.flink.operators;

import org.apache.avro.specific.SpecificRecordBase;
import org.apache.flink.formats.avro.typeutils.AvroTypeInfo;
import org.apache.flink.util.OutputTag;
import org.livepeer.flink.schemas.Answer;
import org.livepeer.flink.schemas.DeadLetter;
import org.livepeer.flink.schemas.Event;
import org.livepeer.flink.schemas.LedgerEntry;
import org.livepeer.flink.schemas.Liveness;
import org.livepeer.flink.schemas.Receipt;
import org.livepeer.flink.schemas.SessionEntry;
import org.livepeer.flink.schemas.WinningTicket;

/** Side outputs, by the topic they end in. */
public final class Tags {
    public static final OutputTag<Answer> ANSWERS = tag("answers", Answer.class);
    public static final OutputTag<DeadLetter> DEAD_LETTERS = tag("dead-letters", DeadLetter.class);
    public static final OutputTag<Event> EVENTS = tag("events", Event.class);
    public static final OutputTag<LedgerEntry> LEDGER = tag("ledger", LedgerEntry.class);
    public static final OutputTag<Liveness> LIVENESS = tag("liveness", Liveness.class);
    public static final OutputTag<SessionEntry> SESSIONS = tag("sessions", SessionEntry.class);

    public static final OutputTag<WinningTicket> WINS = tag("wins", WinningTicket.class);
    public static final OutputTag<Receipt> RECEIPTS = tag("receipts", Receipt.class);

    private Tags() {}

    private static <T extends SpecificRecordBase> OutputTag<T> tag(String id, Class<T> type) {
        return new OutputTag<>(id, new AvroTypeInfo<>(type));
    }
}

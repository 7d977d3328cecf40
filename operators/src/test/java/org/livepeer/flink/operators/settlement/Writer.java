package org.livepeer.flink.operators.settlement;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.livepeer.flink.operators.settlement.SettlementChain.Look;
import org.livepeer.flink.operators.settlement.SettlementChain.Wanted;
import org.livepeer.flink.schemas.OutboxEntry;
import org.livepeer.flink.schemas.WinningTicket;

/** A job that settles: its state, and how far it has read the topics. */
final class Writer {
    final MemoryBook book;
    final Settlement settlement;
    private final List<OutboxEntry> log;
    private final List<WinningTicket> wins;
    private final FakeChain chain;
    private final SettlementOptions options;
    int readLog;
    int readWins;

    private Writer(
            SettlementOptions options,
            FakeChain chain,
            List<OutboxEntry> log,
            List<WinningTicket> wins,
            MemoryBook book,
            long attempt) {
        this.options = options;
        this.log = log;
        this.wins = wins;
        this.chain = chain;
        this.book = book;
        settlement = new Settlement(options, book, chain, chain, Wins.RANDS, attempt);
    }

    /** One without state. */
    static Writer fresh(
            SettlementOptions options,
            FakeChain chain,
            List<OutboxEntry> log,
            List<WinningTicket> wins,
            long attempt) {
        return new Writer(options, chain, log, wins, new MemoryBook(), attempt);
    }

    /** One that goes on from this one's state, which it leaves as it is. */
    Writer restored(long attempt) {
        Writer next = new Writer(options, chain, log, wins, book.copy(), attempt);
        next.readLog = readLog;
        next.readWins = readWins;
        return next;
    }

    /** What a checkpoint holds. */
    Writer checkpoint() {
        flush();
        return restored(0);
    }

    void flush() {
        log.addAll(book.written);
        book.written.clear();
    }

    void read(long nowMs) {
        settlement.begin(nowMs);
        flush();
        while (readWins < wins.size()) {
            settlement.win(wins.get(readWins++), nowMs);
        }
        while (readLog < log.size()) {
            settlement.readBack(log.get(readLog++), nowMs);
            flush();
        }
    }

    /** Reads, looks, decides. */
    void turn(long nowMs) throws IOException {
        read(nowMs);
        if (settlement.isReady()) {
            Wanted wanted = settlement.wanted(nowMs);
            settlement.seen(chain.look(wanted), wanted, nowMs);
        }
        flush();
    }

    /** The same with a node whose answer may get lost, after it took what was sent. */
    void turn(long nowMs, Random chaos) throws IOException {
        read(nowMs);
        if (settlement.isReady()) {
            Wanted wanted = settlement.wanted(nowMs);
            Look look = chain.look(wanted);
            if (chaos.nextInt(5) > 0) {
                settlement.seen(look, wanted, nowMs);
            }
        }
        if (chaos.nextInt(4) > 0) {
            flush();
        }
    }

    /** Turns, a block each second, for so long. */
    void run(long fromMs, int seconds) throws IOException {
        for (int i = 0; i < seconds; i++) {
            turn(fromMs + i * 1_000L);
            chain.mine();
        }
    }

    List<String> states() {
        List<String> states = new ArrayList<>();
        book.allTickets().forEach(t -> states.add(t.getState().name()));
        return states;
    }
}

package org.livepeer.flink.jobs.cli;

import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.kafka.client.EventTail;
import org.livepeer.flink.schemas.Event;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows decisions and payments in their order. */
@Command(name = "events", description = "Decisions and payments, oldest first.")
final class EventsCommand implements Callable<Integer> {
    @Mixin Connection connection = new Connection();

    @Parameters(
            arity = "0..1",
            paramLabel = "STREAM",
            description = "an account, cell:NAME, or a manifest")
    @Nullable String stream;

    @Option(
            names = {"-follow", "--follow"},
            description = "go on until Ctrl-C")
    boolean follow;

    @Override
    public Integer call() {
        try (EventTail events = new EventTail(connection.address(), true)) {
            events.untilNow(this::print);
            if (follow) {
                events.follow(
                        event -> {
                            print(event);
                            return true;
                        },
                        Duration.ofDays(365));
            }
        }
        return 0;
    }

    private void print(Event event) {
        if (fits(event)) {
            Printing.event(event);
        }
    }

    private boolean fits(Event event) {
        return stream == null
                || stream.equals(event.getStream())
                || stream.equals(event.getManifestId());
    }
}

package org.livepeer.flink.connectors.edge.orchestrator;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;

/** Keeps what is logged as an error or with a stack trace, until it is closed. */
final class LogWatch extends AbstractAppender implements AutoCloseable {
    private static final LoggerContext CONTEXT = (LoggerContext) LogManager.getContext(false);

    final List<String> alarms = new CopyOnWriteArrayList<>();

    LogWatch() {
        super("watch", null, null, true, Property.EMPTY_ARRAY);
        start();
        CONTEXT.getConfiguration().getRootLogger().addAppender(this, null, null);
    }

    @Override
    public void append(LogEvent event) {
        if (event.getThrown() != null || event.getLevel().isMoreSpecificThan(Level.ERROR)) {
            alarms.add(
                    event.getLoggerName()
                            + ": "
                            + event.getMessage().getFormattedMessage()
                            + " "
                            + event.getThrown());
        }
    }

    @Override
    public void close() {
        CONTEXT.getConfiguration().getRootLogger().removeAppender(getName());
        stop();
    }
}

package org.livepeer.flink.connectors.edge.orchestrator;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.LoggerConfig;
import org.apache.logging.log4j.core.config.Property;

/** Keeps what is logged, and apart what is an error or has a stack trace, until it is closed. */
final class LogWatch extends AbstractAppender implements AutoCloseable {
    private static final LoggerContext CONTEXT = (LoggerContext) LogManager.getContext(false);

    final List<String> alarms = new CopyOnWriteArrayList<>();
    final Queue<String> lines = new ConcurrentLinkedQueue<>();
    private final List<String> taken = new ArrayList<>();

    LogWatch() {
        super("watch", null, null, true, Property.EMPTY_ARRAY);
        start();
        CONTEXT.getConfiguration().getRootLogger().addAppender(this, null, null);
    }

    /** Takes all that these loggers have to say, which then stands nowhere else. */
    LogWatch listenTo(String... names) {
        for (String name : names) {
            LoggerConfig config = new LoggerConfig(name, Level.ALL, false);
            config.addAppender(this, null, null);
            CONTEXT.getConfiguration().addLogger(name, config);
            taken.add(name);
        }
        CONTEXT.updateLoggers();
        return this;
    }

    @Override
    public void append(LogEvent event) {
        String line =
                event.getLoggerName()
                        + ": "
                        + event.getMessage().getFormattedMessage()
                        + " "
                        + event.getThrown();
        lines.add(line);
        if (event.getThrown() != null || event.getLevel().isMoreSpecificThan(Level.ERROR)) {
            alarms.add(line);
        }
    }

    @Override
    public void close() {
        taken.forEach(CONTEXT.getConfiguration()::removeLogger);
        CONTEXT.updateLoggers();
        CONTEXT.getConfiguration().getRootLogger().removeAppender(getName());
        stop();
    }
}

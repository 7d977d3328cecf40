package org.livepeer.flink.jobs;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;

/** Keeps the warnings and errors of our classes in this process, until it is closed. */
public final class LogLines extends AbstractAppender implements AutoCloseable {
    private static final LoggerContext CONTEXT = (LoggerContext) LogManager.getContext(false);

    private final List<Line> lines = new CopyOnWriteArrayList<>();

    /**
     * What was logged.
     *
     * @param source simple name of the class
     * @param hasTrace whether a stack trace came with it
     */
    public record Line(String source, String text, boolean hasTrace) {
        /** Where it comes from, and the words before its first value. */
        public String kind() {
            return source + ": " + text.replaceFirst("=.*", "");
        }
    }

    public LogLines() {
        super("lines", null, null, true, Property.EMPTY_ARRAY);
        start();
        CONTEXT.getConfiguration().getRootLogger().addAppender(this, Level.WARN, null);
    }

    @Override
    public void append(LogEvent event) {
        String name = event.getLoggerName();
        if (name.startsWith("org.livepeer.")) {
            lines.add(
                    new Line(
                            name.substring(name.lastIndexOf('.') + 1),
                            event.getMessage().getFormattedMessage(),
                            event.getThrown() != null));
        }
    }

    /** All so far. */
    public List<Line> all() {
        return List.copyOf(lines);
    }

    @Override
    public void close() {
        CONTEXT.getConfiguration().getRootLogger().removeAppender(getName());
        stop();
    }
}

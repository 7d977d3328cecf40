package org.livepeer.flink.connectors.edge.history;

import java.util.Optional;
import org.livepeer.flink.connectors.edge.playback.ManifestId;
import org.livepeer.flink.schemas.Event;

/** Whose past is asked for, and which events are a part of it. */
public sealed interface Subject {
    /** The key of all its events, when they have the same; its records are in one partition. */
    Optional<String> key();

    /** Whether events of this history can be about it; the others need not be decoded. */
    boolean concerns(String history);

    /** Whether an event of a history that {@link #concerns} it is about it. */
    boolean isAbout(Event event);

    /**
     * Everything that happened to an account.
     *
     * @param id {@code manifest:ID} or {@code sender:0xADDRESS}
     */
    record Account(String id) implements Subject {
        @Override
        public Optional<String> key() {
            return Optional.of(id);
        }

        @Override
        public boolean concerns(String history) {
            return history.equals(id);
        }

        @Override
        public boolean isAbout(Event event) {
            return true;
        }
    }

    /**
     * Everything about a stream, whoever pays for it: its own account, what a sender's account says
     * of it, and what the cells decided about it.
     */
    record Stream(ManifestId id) implements Subject {
        private static final String OWN = "manifest:";

        @Override
        public Optional<String> key() {
            return Optional.empty();
        }

        @Override
        public boolean concerns(String history) {
            return history.equals(OWN + id) || !history.startsWith(OWN);
        }

        @Override
        public boolean isAbout(Event event) {
            return event.getStream().equals(OWN + id) || event.getManifestId().equals(id.value());
        }
    }
}

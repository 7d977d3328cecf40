package org.livepeer.flink.connectors.kafka.client;

/** The broker did not answer, refused, or holds something unreadable; the message says which. */
public final class KafkaClientException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public KafkaClientException(String message) {
        super(message);
    }

    public KafkaClientException(String message, Throwable cause) {
        super(message, cause);
    }
}

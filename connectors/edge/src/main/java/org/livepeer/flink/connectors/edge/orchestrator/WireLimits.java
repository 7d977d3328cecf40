package org.livepeer.flink.connectors.edge.orchestrator;

import java.time.Duration;

/**
 * What one sender, one address and all of them together may take of an edge.
 *
 * @param segmentBytes most bytes of one segment (go-livepeer {@code common.MaxSegSize})
 * @param inlineBytes media up to that travels in the Kafka record, above it through the store
 * @param segments most segments that are received or worked on at a time
 * @param segmentsPerAddress of them from one address; every segment of a gateway comes from one
 * @param stall an upload ends when no byte came for so long
 * @param uploadTime an upload ends when it took so long in all
 * @param connections most open connections
 */
public record WireLimits(
        long segmentBytes,
        int inlineBytes,
        int segments,
        int segmentsPerAddress,
        Duration stall,
        Duration uploadTime,
        int connections) {
    /** Bytes of headers: a payment of 600 tickets takes 58 KB, go-livepeer takes a megabyte. */
    static final int HEADER_BYTES = 1 << 20;

    /** Bytes of a gRPC message, grpc-go's default. */
    static final int MESSAGE_BYTES = 4 << 20;

    /** Streams of one HTTP/2 connection. */
    static final int STREAMS = 512;

    /** 300 MB, 4 MB inline, 512 segments, half of them from one address, 10 s, 2 minutes. */
    public static final WireLimits DEFAULT =
            new WireLimits(
                    300_000_000,
                    4 << 20,
                    512,
                    256,
                    Duration.ofSeconds(10),
                    Duration.ofMinutes(2),
                    8_192);

    public WireLimits {
        if (segmentBytes < 1
                || inlineBytes < 1
                || segments < 1
                || segmentsPerAddress < 1
                || connections < 1) {
            throw new IllegalArgumentException("every limit must be 1 or more");
        }
    }

    /** The same with other limits of uploads. */
    public WireLimits withUploads(int atATime, int perAddress, Duration stallAfter) {
        return new WireLimits(
                segmentBytes,
                inlineBytes,
                atATime,
                perAddress,
                stallAfter,
                uploadTime,
                connections);
    }

    /** The same with other sizes. */
    public WireLimits withSizes(long most, int inRecord) {
        return new WireLimits(
                most, inRecord, segments, segmentsPerAddress, stall, uploadTime, connections);
    }
}

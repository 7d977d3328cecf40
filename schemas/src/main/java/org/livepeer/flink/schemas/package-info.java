/**
 * The records that travel on topics and rest in state (Avro, generated from {@code livepeer.avdl}),
 * and how they are written on the wire.
 */
package org.livepeer.flink.schemas;

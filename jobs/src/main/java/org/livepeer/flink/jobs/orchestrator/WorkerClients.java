package org.livepeer.flink.jobs.orchestrator;

import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.connectors.kafka.client.KafkaMediaReader;
import org.livepeer.flink.connectors.transcoder.client.GrpcWorkerClientFactory;
import org.livepeer.flink.connectors.transcoder.client.MediaReader;
import org.livepeer.flink.operators.admit.Admission;
import org.livepeer.flink.operators.auth.SecretSource;
import org.livepeer.flink.operators.segment.InvalidSegmentException;
import org.livepeer.flink.operators.transcode.WorkerClient;
import org.livepeer.flink.schemas.Coordinates;
import org.livepeer.flink.schemas.TopicRecord;

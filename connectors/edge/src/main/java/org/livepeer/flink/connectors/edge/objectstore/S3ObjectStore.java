package org.livepeer.flink.connectors.edge.objectstore;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.model.ObjectCannedACL;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * S3, or a store that speaks it. Objects may be read by everybody, as those of go-livepeer; a store
 * that takes no access list with an object gets none from then on, and must let them be read by
 * itself.
 */
public final class S3ObjectStore implements ObjectStore {
    private static final Logger LOG = LoggerFactory.getLogger(S3ObjectStore.class);
    private static final int TRIES = 3;
    private static final Duration CONNECT_TIME = Duration.ofSeconds(2);
    private static final Duration SILENCE = Duration.ofSeconds(5);

    private final ObjectStoreUrl url;
    private final S3Client client;
    private volatile boolean setsAccess;

    public S3ObjectStore(ObjectStoreUrl url) {
        this.url = url;
        this.client = client(url);
        // go-livepeer gives Google's store none either.
        this.setsAccess = !url.base().contains("storage.googleapis.com");
    }

    /** With nothing of what else this machine may have for the SDK, in files or the environment. */
    private static S3Client client(ObjectStoreUrl url) {
        S3ClientBuilder builder =
                S3Client.builder()
                        .credentialsProvider(
                                StaticCredentialsProvider.create(
                                        AwsBasicCredentials.create(
                                                url.accessKey(), url.secretKey())))
                        .region(Region.of(url.region()))
                        .httpClient(
                                UrlConnectionHttpClient.builder()
                                        .connectionTimeout(CONNECT_TIME)
                                        .socketTimeout(SILENCE)
                                        .build())
                        // What only S3 itself knows is left out.
                        .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                        .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                        .serviceConfiguration(
                                S3Configuration.builder().chunkedEncodingEnabled(false).build())
                        .overrideConfiguration(
                                all ->
                                        all.defaultProfileFile(ProfileFile.aggregator().build())
                                                .retryStrategy(
                                                        AwsRetryStrategy.standardRetryStrategy()
                                                                .toBuilder()
                                                                .maxAttempts(TRIES)
                                                                .build()));
        if (url.endpoint() != null) {
            builder.endpointOverride(url.endpoint()).forcePathStyle(true);
        }
        return builder.build();
    }

    @Override
    public void put(String key, Media media, Duration time) throws IOException {
        long end = System.nanoTime() + time.toNanos();
        boolean withAccess = setsAccess;
        try {
            write(key, media, withAccess, time);
        } catch (S3Exception e) {
            if (!withAccess || !takesNoAccess(e)) {
                throw new IOException("it answered " + e.statusCode() + " " + code(e));
            }
            if (setsAccess) {
                setsAccess = false;
                LOG.warn(
                        "the object store takes no access lists: its bucket must let objects be"
                                + " read at={}",
                        url.place());
            }
            put(key, media, Duration.ofNanos(Math.max(1, end - System.nanoTime())));
        } catch (RuntimeException e) {
            // The SDK's, or what it made of media that could not be read.
            throw new IOException("not written, " + rootOf(e));
        }
    }

    private void write(String key, Media media, boolean withAccess, Duration time)
            throws IOException {
        PutObjectRequest.Builder request =
                PutObjectRequest.builder()
                        .bucket(url.bucket())
                        .key(url.prefix() + key)
                        .contentType(media.contentType())
                        .contentLength(media.length())
                        .overrideConfiguration(one -> one.apiCallTimeout(time));
        if (withAccess) {
            request.acl(ObjectCannedACL.PUBLIC_READ);
        }
        try (Reopened body = new Reopened(media.source())) {
            client.putObject(
                    request.build(),
                    RequestBody.fromContentProvider(body, media.length(), media.contentType()));
        }
    }

    /** One stream open at a time. */
    private static final class Reopened implements ContentStreamProvider, AutoCloseable {
        private final Source source;
        private @Nullable InputStream open;

        Reopened(Source source) {
            this.source = source;
        }

        @Override
        public InputStream newStream() {
            try {
                close();
                open = source.open();
                return open;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() throws IOException {
            if (open != null) {
                open.close();
                open = null;
            }
        }
    }

    private static boolean takesNoAccess(S3Exception e) {
        String code = code(e);
        return code.equals("AccessControlListNotSupported") || code.equals("NotImplemented");
    }

    /** The store's word for what is wrong; its sentences may have the access key in them. */
    private static String code(S3Exception e) {
        AwsErrorDetails details = e.awsErrorDetails();
        String code = details == null ? null : details.errorCode();
        return code != null && code.matches("[A-Za-z0-9.]{1,64}") ? code : "";
    }

    private static String rootOf(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getClass().getSimpleName();
    }

    @Override
    public String url(String key) {
        return url.base() + "/" + url.prefix() + key;
    }

    @Override
    public void close() {
        client.close();
    }
}

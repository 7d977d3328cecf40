package org.livepeer.flink.connectors.transcoder.remote;

import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** Writes a response's body to a file and says its length; gives up what is larger than allowed. */
final class FileBody implements BodySubscriber<@Nullable Long> {
    private final Path file;
    private final long maxBytes;
    private final CompletableFuture<@Nullable Long> length = new CompletableFuture<>();
    private Flow.@Nullable Subscription subscription;
    private @Nullable FileChannel channel;
    private long written;

    FileBody(Path file, long maxBytes) {
        this.file = file;
        this.maxBytes = maxBytes;
    }

    @Override
    public CompletionStage<@Nullable Long> getBody() {
        return length;
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        subscription = given;
        try {
            channel =
                    FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            given.request(1);
        } catch (IOException e) {
            giveUp(e);
        }
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        FileChannel out = channel;
        if (length.isDone() || out == null) {
            return;
        }
        try {
            for (ByteBuffer buffer : buffers) {
                written += buffer.remaining();
                if (written > maxBytes) {
                    throw new IOException("it is larger than " + maxBytes + " bytes");
                }
                while (buffer.hasRemaining()) {
                    out.write(buffer);
                }
            }
            if (subscription != null) {
                subscription.request(1);
            }
        } catch (IOException e) {
            giveUp(e);
        }
    }

    @Override
    public void onError(Throwable error) {
        close();
        length.completeExceptionally(error);
    }

    @Override
    public void onComplete() {
        close();
        length.complete(written);
    }

    private void giveUp(IOException cause) {
        if (subscription != null) {
            subscription.cancel();
        }
        onError(cause);
    }

    private void close() {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            length.completeExceptionally(e);
        }
    }
}

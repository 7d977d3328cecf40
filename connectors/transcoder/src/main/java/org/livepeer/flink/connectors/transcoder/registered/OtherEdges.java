package org.livepeer.flink.connectors.transcoder.registered;

import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import java.time.Duration;
import java.util.function.Supplier;
import org.livepeer.flink.schemas.WorkerHeartbeat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands results on to the edge that gave the task out: a transcoder posts to the address that it
 * knows, and behind that may stand another edge than the one that it is registered at.
 */
final class OtherEdges {
    private static final Logger LOG = LoggerFactory.getLogger(OtherEdges.class);
    private static final String HANDED_ON = "livepeer-handed-on";
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Supplier<Iterable<WorkerHeartbeat>> workers;
    private final String own;

    /**
     * @param workers of the whole deployment, their beats proven to be its own
     * @param own where results are posted to this edge
     */
    OtherEdges(Supplier<Iterable<WorkerHeartbeat>> workers, String own) {
        this.workers = workers;
        this.own = own;
    }

    /** Where the task's owner takes results, or the answer to one that nobody waits for. */
    HttpResponse takeOrDrop(long task, HttpRequest request) {
        for (WorkerHeartbeat worker : workers.get()) {
            String edge = worker.getResultsAt();
            if (edge != null
                    && !edge.equals(own)
                    && TaskIds.isOf(worker.getWorkerId(), task)
                    && !request.headers().contains(HANDED_ON)) {
                LOG.debug("result handed on task={} edge={}", task, edge);
                return WebClient.builder(edge)
                        .factory(ClientFactory.insecure())
                        .responseTimeout(LIMIT)
                        .writeTimeout(LIMIT)
                        .build()
                        .execute(
                                request.withHeaders(
                                        request.headers().toBuilder()
                                                .scheme(edge.substring(0, edge.indexOf(':')))
                                                .set(HANDED_ON, "1")));
            }
        }
        LOG.debug("result of a task that is over task={}", task);
        return HttpResponse.of(
                request.aggregate()
                        .handle((body, failure) -> ResultService.text(HttpStatus.OK, "OK")));
    }
}

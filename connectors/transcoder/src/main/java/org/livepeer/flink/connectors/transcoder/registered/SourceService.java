package org.livepeer.flink.connectors.transcoder.registered;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.file.HttpFile;
import java.util.OptionalLong;
import org.livepeer.flink.operators.transcode.TranscodeJob;

/**
 * {@code GET /source/TASK.tempfile}: the media of a task, for as long as it is open. Who does not
 * know the task's number finds nothing.
 */
final class SourceService implements HttpService {
    static final String PREFIX = "/source/";
    private static final String SUFFIX = ".tempfile";
    private static final MediaType BYTES = MediaType.OCTET_STREAM;

    private final Tasks tasks;

    SourceService(Tasks tasks) {
        this.tasks = tasks;
    }

    static String path(long task) {
        return PREFIX + task + SUFFIX;
    }

    @Override
    public HttpResponse serve(ServiceRequestContext ctx, HttpRequest request) throws Exception {
        String name = ctx.path().substring(PREFIX.length());
        String number = name.endsWith(SUFFIX) ? name.substring(0, name.lastIndexOf('.')) : "";
        OptionalLong given = TaskIds.parse(number);
        Tasks.Task task = given.isPresent() ? tasks.find(given.getAsLong()) : null;
        if (task == null) {
            return ResultService.text(HttpStatus.NOT_FOUND, "ErrNotFound");
        }
        if (task.job().media() instanceof TranscodeJob.InMemory memory) {
            return HttpResponse.of(HttpStatus.OK, BYTES, HttpData.wrap(memory.bytes()));
        }
        TranscodeJob.InFile file = (TranscodeJob.InFile) task.job().media();
        return HttpFile.of(file.path()).asService().serve(ctx, request);
    }
}

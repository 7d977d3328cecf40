package org.livepeer.flink.connectors.transcoder.child;

import org.livepeer.flink.connectors.transcoder.engine.EngineSettings;
import org.livepeer.flink.connectors.transcoder.engine.LibavEngine;
import org.livepeer.flink.connectors.transcoder.engine.MediaInspector;
import org.livepeer.flink.connectors.transcoder.media.SyntheticSource;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.operators.transcode.TranscodeException;

/** Does what a child is asked to do. */
@FunctionalInterface
interface ChildWork {
    /** Answers a task; failures are answers too. */
    Task.Reply answer(Task task);

    /** The work of a real child: libav in this process. */
    static ChildWork libav(EngineSettings settings) {
        LibavEngine engine = new LibavEngine(settings);
        MediaInspector inspector = new MediaInspector(settings.limits());
        return task -> {
            try {
                if (task instanceof Task.Transcode transcode) {
                    return new Task.Done(engine.transcode(transcode.job()));
                }
                if (task instanceof Task.Inspect inspect) {
                    return new Task.Facts(inspector.inspect(inspect.media(), inspect.deadline()));
                }
                Task.Synthesize synthesize = (Task.Synthesize) task;
                try (SyntheticSource source = new SyntheticSource(synthesize.options())) {
                    return new Task.Media(source.next().bytes());
                }
            } catch (TranscodeException e) {
                return new Task.Failed(e.reason(), String.valueOf(e.getMessage()));
            } catch (RuntimeException e) {
                return new Task.Failed(Reason.InternalError, e.toString());
            }
        };
    }
}

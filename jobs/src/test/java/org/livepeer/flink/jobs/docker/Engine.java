package org.livepeer.flink.jobs.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.utility.DockerImageName;

/**
 * The Docker engine and the images that a test needs before it begins. A test is skipped, with what
 * is missing, only here: all that fails after a container was started is a failure. {@code
 * -Dlivepeer.docker.required=true} makes what is missing a failure too.
 */
public final class Engine {
    private static final int PULL_MINUTES = 5;

    private Engine() {}

    /** Skips the test where no engine answers. */
    public static void assume() {
        if (!DockerClientFactory.instance().isDockerAvailable()) {
            missing(
                    "no Docker engine answers: start dockerd, and set DOCKER_HOST unless it is at"
                            + " /var/run/docker.sock");
        }
    }

    /**
     * Skips the test where the image is not in the engine and cannot be pulled.
     *
     * @param origin how such an image is named or made, for the reason
     */
    public static void assumeImage(String image, String origin) {
        assume();
        DockerClient docker = DockerClientFactory.instance().client();
        if (isThere(docker, image)) {
            return;
        }
        String why = pull(docker, image);
        if (!isThere(docker, image)) {
            missing("no image " + image + ", and it cannot be pulled (" + why + "): " + origin);
        }
    }

    private static boolean isThere(DockerClient docker, String image) {
        try {
            docker.inspectImageCmd(image).exec();
            return true;
        } catch (NotFoundException e) {
            return false;
        }
    }

    private static String pull(DockerClient docker, String image) {
        DockerImageName name = DockerImageName.parse(image);
        try {
            boolean ended =
                    docker.pullImageCmd(name.getUnversionedPart())
                            .withTag(name.getVersionPart())
                            .start()
                            .awaitCompletion(PULL_MINUTES, TimeUnit.MINUTES);
            return ended ? "the engine pulled nothing" : PULL_MINUTES + " minutes were too few";
        } catch (DockerException e) {
            return String.valueOf(e.getMessage()).strip();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private static void missing(String reason) {
        if (Boolean.getBoolean("livepeer.docker.required")) {
            throw new IllegalStateException(reason);
        }
        Assumptions.abort(reason);
    }
}

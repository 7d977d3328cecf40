package org.livepeer.flink.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.flink.configuration.GlobalConfiguration;
import org.junit.jupiter.api.Test;

/** The settings of docker/kubernetes/orchestrator.yaml are those of flink-conf/config.yaml. */
class KubernetesFileIT {
    /** Keys whose value is another one in Kubernetes, each with the reason. */
    private static final Map<String, String> OTHER =
            Map.of(
                    "high-availability.type", "the operator's own, without ZooKeeper",
                    "high-availability.storageDir", "on the claim",
                    "execution.checkpointing.dir", "on the claim",
                    "execution.checkpointing.savepoint-dir", "on the claim",
                    "metrics.reporter.prom.port", "one process to an address");

    /** Beginnings of keys that only one machine has, each with the reason. */
    private static final Map<String, String> ONE_MACHINE =
            Map.of(
                    "rest.", "set by the operator",
                    "jobmanager.", "addresses and memory are set by the operator",
                    "taskmanager.host", "set by the operator",
                    "taskmanager.bind-host", "set by the operator",
                    "taskmanager.memory.process.size", "is taskManager.resource",
                    "high-availability.cluster-id", "set by the operator",
                    "high-availability.zookeeper.", "there is no ZooKeeper",
                    "web.upload.dir", "no jar is uploaded in application mode");

    private static final Map<String, String> CONF =
            GlobalConfiguration.loadConfiguration(Path.of("../flink-conf").toString()).toMap();

    private static JsonNode deployment() throws Exception {
        return new ObjectMapper(new YAMLFactory())
                .readTree(Path.of("../docker/kubernetes/orchestrator.yaml").toFile());
    }

    private static Map<String, String> settings() throws Exception {
        Map<String, String> settings = new LinkedHashMap<>();
        deployment()
                .path("spec")
                .path("flinkConfiguration")
                .properties()
                .forEach(
                        e -> {
                            assertThat(e.getValue().isTextual()).as(e.getKey()).isTrue();
                            settings.put(e.getKey(), e.getValue().textValue());
                        });
        return settings;
    }

    @Test
    void eachSettingHasTheValueOfConfigYamlOrAReasonForAnother() throws Exception {
        settings()
                .forEach(
                        (key, value) -> {
                            String given = CONF.get(key);
                            if (OTHER.containsKey(key)) {
                                assertThat(value).as(key).isNotEqualTo(given);
                            } else if (given != null) {
                                assertThat(words(value)).as(key).isEqualTo(words(given));
                            }
                        });
    }

    @Test
    void noSettingOfConfigYamlIsMissingWithoutAReason() throws Exception {
        assertThat(CONF.keySet())
                .filteredOn(key -> ONE_MACHINE.keySet().stream().noneMatch(key::startsWith))
                .isSubsetOf(settings().keySet());
    }

    @Test
    void theJobIsThatOfTheImageAndItsSecretAFile() throws Exception {
        JsonNode job = deployment().path("spec").path("job");

        assertThat(job.path("jarURI").asText())
                .isEqualTo("local:///opt/flink/usrlib/orchestrator-job.jar");
        assertThat(job.path("args"))
                .extracting(JsonNode::asText)
                .containsSubsequence("--clusterSecret", "/run/secrets/cluster.secret");
    }

    private static String words(String text) {
        return String.join(" ", text.trim().split("\\s+"));
    }
}

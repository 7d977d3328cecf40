# A Flink 2.3 JobManager or TaskManager with the job and its settings. Base: Flink's own image, or any
# with /opt/flink. Build from the repository's root after `mvn -DskipTests package`.
ARG BASE=flink:2.3.0-java17
FROM ${BASE}
# For application mode; a session cluster is given the jar by `livepeer submit`.
COPY jobs/target/orchestrator-job.jar /opt/flink/usrlib/orchestrator-job.jar
COPY flink-conf/config.yaml /opt/flink/conf/config.yaml
COPY flink-conf/log4j-console.properties /opt/flink/conf/log4j-console.properties

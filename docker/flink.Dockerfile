# A Flink 2.3 JobManager or TaskManager with the job and its settings, on Flink's own image. On any
# image with a Java runtime: flink-jre.Dockerfile. Build from the repository's root after
# `mvn -DskipTests package`.
ARG BASE=flink:2.3.0-java17
FROM ${BASE}
# For application mode; a session cluster is given the jar by `livepeer submit`.
COPY --chown=9999:9999 jobs/target/orchestrator-job.jar /opt/flink/usrlib/orchestrator-job.jar
COPY --chown=9999:9999 flink-conf/config.yaml flink-conf/log4j-console.properties /opt/flink/conf/
RUN mkdir -p /tmp/livepeer-flink && chown 9999:9999 /tmp/livepeer-flink
USER 9999:9999

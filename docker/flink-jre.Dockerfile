# JobManager, TaskManager or ZooKeeper out of Maven artifacts, on any image with a Java 17 runtime,
# glibc and bash. Takes the same commands as Flink's own image, and `zookeeper`. Build from the
# repository's root after `mvn -DskipTests package`.
ARG BASE=eclipse-temurin:17-jre
FROM ${BASE}
COPY jobs/processes/flink/target/lib /opt/flink/lib
COPY jobs/target/orchestrator-job.jar /opt/flink/usrlib/orchestrator-job.jar
COPY flink-conf /opt/flink/conf
COPY docker/flink-entrypoint.sh /docker-entrypoint.sh
RUN sed -i -e '/^clientPortAddress=/d' -e 's#^dataDir=.*#dataDir=/data#' /opt/flink/conf/zoo.cfg \
  && mkdir -p /opt/flink/plugins /tmp/livepeer-flink /data \
  && chown 9999:9999 /tmp/livepeer-flink /data
ENV FLINK_HOME=/opt/flink FLINK_CONF_DIR=/opt/flink/conf FLINK_LIB_DIR=/opt/flink/lib \
  FLINK_PLUGINS_DIR=/opt/flink/plugins HOME=/tmp
WORKDIR /opt/flink
USER 9999:9999
EXPOSE 8081 9250
ENTRYPOINT ["/docker-entrypoint.sh"]
CMD ["help"]

# A Kafka broker out of Maven artifacts, on any image with a Java 17 runtime, glibc and bash. Is set up
# and started as apache/kafka is: KAFKA_… variables, /etc/kafka/docker/run, data in
# /var/lib/kafka/data. Build from the repository's root after `mvn -DskipTests package`.
ARG BASE=eclipse-temurin:17-jre
FROM ${BASE}
COPY jobs/processes/kafka/target/lib /opt/kafka/libs
COPY flink-conf/log4j-console.properties /opt/kafka/config/log4j2.properties
COPY docker/kafka-run.sh /etc/kafka/docker/run
RUN mkdir -p /opt/kafka/config/final /mnt/shared/config /var/lib/kafka/data \
  && chown 1000:1000 /opt/kafka/config/final /var/lib/kafka/data
USER 1000:1000
EXPOSE 9092
VOLUME ["/var/lib/kafka/data"]
CMD ["/etc/kafka/docker/run"]

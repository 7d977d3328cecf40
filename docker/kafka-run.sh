#!/bin/sh
# Turns KAFKA_… variables into server.properties and formats the data folder, with the class that
# apache/kafka's image uses for it, then starts the broker.
set -eu
final=/opt/kafka/config/final
kafka="-XX:+UseSerialGC -XX:TieredStopAtLevel=1
  -Dlog4j2.configurationFile=/opt/kafka/config/log4j2.properties -cp /opt/kafka/libs/*"
# Words are meant to be split, and nothing in /opt/kafka/libs ends up in them.
set -f
# shellcheck disable=SC2086
java -Xmx64m $kafka kafka.docker.KafkaDockerWrapper setup \
  --default-configs-dir /opt/kafka/config --mounted-configs-dir /mnt/shared/config \
  --final-configs-dir "$final" >/tmp/kafka-setup 2>&1 \
  || grep -qi 'already formatted' /tmp/kafka-setup || {
  cat /tmp/kafka-setup >&2
  exit 1
}
# shellcheck disable=SC2086
exec java ${KAFKA_HEAP_OPTS:--Xmx512m} $kafka kafka.Kafka "$final/server.properties"

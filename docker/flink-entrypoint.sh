#!/bin/sh
# Starts one Flink process without Flink's scripts. What they take from config.yaml for the command
# line (memory, JVM options) is asked of the same class that they ask.
set -eu

flink() {
  java -Xmx64m -XX:TieredStopAtLevel=1 -cp "$FLINK_LIB_DIR/*" \
    org.apache.flink.runtime.util.bash.BashJavaUtils "$@" >/tmp/bash-java-utils || {
    cat /tmp/bash-java-utils >&2
    exit 1
  }
  sed -n 's/^BASH_JAVA_UTILS_EXEC_RESULT://p' /tmp/bash-java-utils
}

setting() {
  printf '%s\n' "$settings" | sed -n "s/^$1: *//p" | sed "s/^[\"']//; s/[\"']\$//"
}

# start KIND MAIN_CLASS [-D key=value]... [arguments of the job]
start() {
  kind=$1 main=$2
  shift 2
  case $kind in
    taskmanager) ask=GET_TM_RESOURCE_PARAMS ;;
    *) ask=GET_JM_RESOURCE_PARAMS ;;
  esac
  memory=$(flink "$ask" --configDir "$FLINK_CONF_DIR" "$@")
  settings=$(flink UPDATE_AND_GET_FLINK_CONFIGURATION --configDir "$FLINK_CONF_DIR" -flatten "$@")
  jvm=$(printf '%s\n' "$memory" | sed -n 1p)
  sizes=$(printf '%s\n' "$memory" | sed -n 2p)
  # Words are meant to be split: these are lists of options.
  # shellcheck disable=SC2086
  exec java $jvm $(setting env.java.opts.all) $(setting "env.java.opts.$kind") \
    -Dlog4j2.configurationFile="$FLINK_CONF_DIR/log4j-console.properties" \
    -cp "$FLINK_LIB_DIR/*" "$main" --configDir "$FLINK_CONF_DIR" $sizes "$@"
}

case ${1:-} in
  jobmanager)
    shift
    start jobmanager org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint "$@"
    ;;
  standalone-job)
    shift
    start jobmanager org.apache.flink.container.entrypoint.StandaloneApplicationClusterEntryPoint "$@"
    ;;
  taskmanager)
    shift
    start taskmanager org.apache.flink.runtime.taskexecutor.TaskManagerRunner "$@"
    ;;
  zookeeper)
    exec java -Xmx128m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 \
      -Dlog4j2.configurationFile="$FLINK_CONF_DIR/log4j-console.properties" \
      -cp "$FLINK_LIB_DIR/*" org.apache.flink.runtime.zookeeper.FlinkZooKeeperQuorumPeer \
      --zkConfigFile "$FLINK_CONF_DIR/zoo.cfg" --peerId 1
    ;;
  *)
    echo "usage: jobmanager|taskmanager [-D key=value]..., standalone-job [-D key=value]... [arguments of the job], zookeeper" >&2
    exit 2
    ;;
esac

# The livepeer command: edge, transcoder worker, submit. Any image with a Java 17 runtime and glibc
# 2.35 or later will do as base. Build from the repository's root after `mvn -DskipTests package`.
ARG BASE=eclipse-temurin:17-jre
FROM ${BASE}
COPY jobs/target/livepeer /opt/livepeer
ENV HOME=/data
RUN mkdir -p /data /store && chown -R 1000:1000 /data /store
USER 1000:1000
VOLUME ["/data", "/store"]
ENTRYPOINT ["/opt/livepeer/bin/livepeer"]
CMD ["--help"]

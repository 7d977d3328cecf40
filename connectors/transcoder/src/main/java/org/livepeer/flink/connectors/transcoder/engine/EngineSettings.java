package org.livepeer.flink.connectors.transcoder.engine;

import java.nio.file.Path;

/**
 * How an engine works.
 *
 * @param preset x264 and x265 preset
 * @param threads encoder threads of one rendition
 * @param tempDir existing directory for MP4 files and signatures in the making
 * @param limits what one job may cost
 */
public record EngineSettings(String preset, int threads, Path tempDir, EngineLimits limits) {}

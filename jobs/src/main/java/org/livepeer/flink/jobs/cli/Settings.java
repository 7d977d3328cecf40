package org.livepeer.flink.jobs.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Flags that are not on the command line, as go-livepeer finds them: environment variables {@code
 * LP_} and the flag's name in capitals, then the file of {@code -config} with a flag and its value
 * on each line.
 */
final class Settings implements CommandLine.IDefaultValueProvider {
    private static final String PREFIX = "LP_";
    private static final String CONFIG = "config";

    private final Map<String, String> environment;
    private final Map<String, String> file;

    private Settings(Map<String, String> environment, Map<String, String> file) {
        this.environment = environment;
        this.file = file;
    }

    /**
     * Those of a command line.
     *
     * @param known every flag of every command, without dashes
     * @param notSupported go-livepeer's flags that are known but not built
     * @throws IllegalArgumentException naming the file, the line and what is wrong with it
     */
    static Settings of(
            String[] args,
            Map<String, String> environment,
            Set<String> known,
            Set<String> notSupported) {
        String path = configFile(args);
        if (path == null) {
            path = environment.get(PREFIX + CONFIG.toUpperCase(Locale.ROOT));
        }
        Map<String, String> file =
                path == null ? Map.of() : read(Path.of(path), known, notSupported);
        return new Settings(environment, file);
    }

    private static @Nullable String configFile(String[] args) {
        for (int i = 0; i < args.length; i++) {
            String arg = args[i].replaceFirst("^--?", "");
            if (args[i].startsWith("-") && arg.equals(CONFIG) && i + 1 < args.length) {
                return args[i + 1];
            }
            if (args[i].startsWith("-") && arg.startsWith(CONFIG + "=")) {
                return arg.substring(CONFIG.length() + 1);
            }
        }
        return null;
    }

    private static Map<String, String> read(
            Path path, Set<String> known, Set<String> notSupported) {
        List<String> lines = new ArrayList<>();
        try {
            lines.addAll(Files.readAllLines(path));
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "cannot read -config " + path + ": there is no such file, or it is no text", e);
        }
        Map<String, String> settings = new HashMap<>();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            String[] parts = line.split("\\s+", 2);
            String name = parts[0];
            String value = parts.length < 2 ? "true" : parts[1].replaceFirst("\\s#.*$", "").strip();
            if (!known.contains(name)) {
                throw new IllegalArgumentException(
                        path
                                + " line "
                                + (i + 1)
                                + ": "
                                + name
                                + (notSupported.contains(name)
                                        ? " is a go-livepeer flag that this version does not support"
                                        : " is no flag: see --help"));
            }
            settings.put(name, value);
        }
        return settings;
    }

    @Override
    public @Nullable String defaultValue(ArgSpec arg) {
        if (!(arg instanceof OptionSpec option) || option.usageHelp()) {
            return null;
        }
        for (String name : option.names()) {
            String value = environment.get(PREFIX + bare(name).toUpperCase(Locale.ROOT));
            if (value != null) {
                return value;
            }
        }
        for (String name : option.names()) {
            String value = file.get(bare(name));
            if (value != null) {
                return value;
            }
        }
        return arg.defaultValue();
    }

    static String bare(String option) {
        return option.replaceFirst("^--?", "");
    }
}

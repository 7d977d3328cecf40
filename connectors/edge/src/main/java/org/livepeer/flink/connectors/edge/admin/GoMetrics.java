package org.livepeer.flink.connectors.edge.admin;

import java.util.List;
import java.util.Optional;
import org.livepeer.flink.schemas.WorkerHeartbeat;

/**
 * What an orchestrator counts, under go-livepeer's names ({@code monitor/census.go}), so that its
 * dashboards go on. Written as text: its gauges end in {@code _total}, which the library keeps for
 * counters.
 */
final class GoMetrics {
    private GoMetrics() {}

    /** The page's part; empty for a process that faces no gateways. */
    static String of(Optional<NodeView> view, String nodeId, String version) {
        if (view.isEmpty()) {
            return "";
        }
        NodeView node = view.get();
        List<WorkerHeartbeat> workers = node.workers();
        long capacity = workers.stream().mapToLong(WorkerHeartbeat::getMaxSessions).sum();
        StringBuilder page = new StringBuilder();
        String labels = "node_id=\"" + nodeId + "\",node_type=\"orch\"";
        gauge(page, labels, "current_sessions_total", "sessions now", node.sessions());
        gauge(page, labels, "max_sessions_total", "most sessions", node.maxSessions());
        gauge(page, labels, "transcoders_number", "workers", workers.size());
        gauge(page, labels, "transcoders_capacity", "sessions that they take", capacity);
        gauge(page, labels, "transcoders_load", "sessions that they have", node.sessions());
        gauge(
                page,
                "compiler=\"javac\",goos=\""
                        + System.getProperty("os.name").toLowerCase(java.util.Locale.ROOT)
                        + "\",goversion=\"java"
                        + System.getProperty("java.version")
                        + "\",livepeerversion=\""
                        + version
                        + "\",node_type=\"orch\"",
                "versions",
                "1 for the version that runs",
                1);
        return page.toString();
    }

    private static void gauge(
            StringBuilder page, String labels, String name, String help, long value) {
        String full = "livepeer_" + name;
        page.append("# HELP ").append(full).append(' ').append(help).append('\n');
        page.append("# TYPE ").append(full).append(" gauge\n");
        page.append(full).append('{').append(labels).append("} ").append(value).append('\n');
    }
}

package org.livepeer.flink.jobs.payment;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.flink.core.execution.JobClient;
import org.livepeer.flink.connectors.edge.EdgeOptions;
import org.livepeer.flink.connectors.edge.EdgeServer;
import org.livepeer.flink.connectors.edge.orchestrator.OrchestratorServer;
import org.livepeer.flink.connectors.edge.orchestrator.OrchestratorWire;
import org.livepeer.flink.connectors.edge.orchestrator.WireLimits;
import org.livepeer.flink.connectors.edge.payment.TicketSettings;
import org.livepeer.flink.connectors.ethereum.keys.AccountKey;
import org.livepeer.flink.connectors.storage.SharedDirectoryStore;
import org.livepeer.flink.connectors.storage.StoreOptions;
import org.livepeer.flink.jobs.OrchestratorRig;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.operators.ticket.Recipient;
import org.livepeer.flink.operators.transcode.WorkerClient;

/** A broker, the whole job with a worker inside the test, and edges on chain. */
final class PaidBench implements AutoCloseable {
    final OrchestratorRig rig;
    final JobClient job;
    final EdgeServer edge;
    final ChainRowsWriter chain;
    private final Path folder;
    private final AccountKey node;
    private final SharedDirectoryStore store;

    /**
     * @param node the orchestrator, active from the beginning
     * @param l1Block newest block of the chain
     */
    PaidBench(Path folder, AccountKey node, long l1Block, WorkerClient.Factory workers)
            throws Exception {
        this.folder = folder;
        this.node = node;
        rig = new OrchestratorRig(folder);
        job = rig.submit(rig.options(), workers, 2, null);
        rig.announce("w1");
        chain = new ChainRowsWriter(rig.address, rig.secret);
        chain.head(l1Block);
        chain.active(node.address(), true);
        store = new SharedDirectoryStore(StoreOptions.of(folder.resolve("store")));
        edge =
                new EdgeServer(
                        EdgeOptions.of(rig.address, folder.resolve("edge"))
                                .withSecret(rig.secret)
                                .withBind(new InetSocketAddress("127.0.0.1", 0)),
                        store);
        edge.start();
    }

    /** One more edge; ready when this returns. */
    OrchestratorServer orchestrator(String name, Fraction price, Recipient.Terms terms)
            throws Exception {
        OrchestratorServer server =
                new OrchestratorServer(
                        new OrchestratorWire(
                                URI.create("https://127.0.0.1:0"),
                                new InetSocketAddress("127.0.0.1", 0),
                                true,
                                folder.resolve(name),
                                rig.address,
                                rig.secret,
                                price,
                                OrchestratorWire.TOKEN_TIME,
                                List.of(),
                                WireLimits.DEFAULT,
                                null,
                                new TicketSettings(
                                        node,
                                        node.address(),
                                        terms,
                                        true,
                                        TicketSettings.STALE_AFTER),
                                null),
                        edge.tables(),
                        store,
                        new SimpleMeterRegistry(),
                        List.of(),
                        Map.of());
        server.start();
        while (!server.waitingFor().isEmpty() || !edge.waitingFor().isEmpty()) {
            Thread.sleep(50);
        }
        return server;
    }

    @Override
    public void close() {
        edge.close();
        chain.close();
        rig.close();
    }
}

package org.livepeer.flink.jobs;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;

/**
 * One TCP address for several servers, as a load balancer without stickiness gives it: connections
 * go round, past a server that takes none.
 */
final class TcpFront implements AutoCloseable {
    private final List<URI> servers;
    private final ServerSocket socket;

    private TcpFront(int port, List<URI> servers) throws IOException {
        this.servers = servers;
        socket = new ServerSocket(port, 50, InetAddress.getLoopbackAddress());
        start("tcp-front", this::accept);
    }

    static TcpFront over(URI... servers) {
        return at(0, servers);
    }

    /**
     * The same at a port.
     *
     * @param port 0 for any free one
     */
    static TcpFront at(int port, URI... servers) {
        try {
            return new TcpFront(port, List.of(servers));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + socket.getLocalPort());
    }

    private void accept() {
        for (int next = 0; !socket.isClosed(); next = (next + 1) % servers.size()) {
            try {
                Socket client = socket.accept();
                int first = next;
                start("tcp-front-" + next, () -> join(client, first));
            } catch (IOException e) {
                // Closed, or a client that has gone already.
            }
        }
    }

    private void join(Socket client, int first) {
        try (client;
                Socket server = connect(first)) {
            Thread back = start("tcp-front-back", () -> copy(server, client));
            copy(client, server);
            back.join();
        } catch (IOException e) {
            // No server, or one end was reset.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Socket connect(int first) throws IOException {
        IOException refused = new IOException("no server");
        for (int i = 0; i < servers.size(); i++) {
            URI at = servers.get((first + i) % servers.size());
            try {
                return new Socket(at.getHost(), at.getPort());
            } catch (IOException e) {
                refused = e;
            }
        }
        throw refused;
    }

    private static void copy(Socket from, Socket to) {
        try {
            InputStream in = from.getInputStream();
            in.transferTo(to.getOutputStream());
            to.shutdownOutput();
        } catch (IOException e) {
            // One end was reset: so is the other.
            close(from);
            close(to);
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // Gone already.
        }
    }

    private static Thread start(String name, Runnable what) {
        Thread thread = new Thread(what, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}

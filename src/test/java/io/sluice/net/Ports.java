package io.sluice.net;

import java.io.IOException;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Free ports for processes that bind them later. They lie below the range from which Linux takes
 * the local ports of outgoing connections, so that a load test cannot take one in the meantime.
 */
public final class Ports {

    private static final int FIRST = 12_000;
    private static final int LAST = 32_000;

    private Ports() {}

    public static int free() {
        return free(0);
    }

    /** A port that is free, and so is the one that lies so much above it. */
    public static int free(int above) {
        for (int i = 0; i < 1000; i++) {
            int port = ThreadLocalRandom.current().nextInt(FIRST, LAST - above);
            if (isFree(port) && isFree(port + above)) {
                return port;
            }
        }
        throw new IllegalStateException("no free port in " + FIRST + "-" + LAST);
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port)) {
            return socket.isBound();
        } catch (IOException taken) {
            return false;
        }
    }
}

package io.sluice.it;

import io.sluice.auth.TokenMint;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A few clients that send one bad token after another, no two alike, several in the same bytes. The
 * next go out when all of the last are answered.
 */
final class TokenFlood implements AutoCloseable {

    private static final int CLIENTS = 2;

    private final int port;
    private final int atOnce;
    private final String plausible;
    private final AtomicInteger sent = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private final List<Thread> clients = new ArrayList<>();
    private volatile @Nullable Throwable failure;
    private volatile boolean ended;

    private TokenFlood(int port, TokenMint mint, Map<String, Object> claims, int atOnce) {
        this.port = port;
        this.atOnce = atOnce;
        String good = mint.token(claims);
        this.plausible = good.substring(0, good.lastIndexOf('.'));
    }

    /** As many as the gateway can answer, until {@code most} are. */
    static TokenFlood fast(int port, TokenMint mint, Map<String, Object> claims, int most) {
        return new TokenFlood(port, mint, claims, 25).begin(most, Integer.MAX_VALUE);
    }

    /** Until it is closed, {@code perSecond} at most. */
    static TokenFlood steady(int port, TokenMint mint, Map<String, Object> claims, int perSecond) {
        return new TokenFlood(port, mint, claims, 4).begin(Integer.MAX_VALUE, perSecond);
    }

    private TokenFlood begin(int most, int perSecond) {
        for (int i = 0; i < CLIENTS; i++) {
            Thread client = new Thread(() -> send(most, perSecond), "token-flood-" + i);
            client.start();
            clients.add(client);
        }
        return this;
    }

    private void send(int most, int perSecond) {
        long start = System.nanoTime();
        long nanosEach = TimeUnit.SECONDS.toNanos(1) / perSecond;
        try (Socket socket = RawSocket.connect(port)) {
            StatusReader answers = new StatusReader(socket.getInputStream());
            while (!ended) {
                int first = sent.getAndAdd(atOnce);
                if (first >= most) {
                    return;
                }
                StringBuilder requests = new StringBuilder();
                for (int i = 0; i < atOnce; i++) {
                    requests.append(AuthAttack.bearer("/closed/x", token(first + i)));
                }
                RawSocket.write(socket, requests.toString());
                for (int i = 0; i < atOnce; i++) {
                    int status = answers.next();
                    if (status != 401) {
                        throw new IllegalStateException("answered " + status);
                    }
                    refused.incrementAndGet();
                }
                LockSupport.parkNanos(start + first * nanosEach - System.nanoTime());
            }
        } catch (IOException | RuntimeException e) {
            failure = e;
        }
    }

    /** One of a thousand needs its signature checked; the rest fails by its form, key or issuer. */
    private String token(int number) {
        String text = Integer.toString(number);
        return switch (number % 1_000) {
            case 0 -> plausible + "." + TokenMint.encode("sig" + text).repeat(20) + "A";
            case 1 -> TokenMint.encode("{\"alg\":\"none\",\"kid\":\"" + text + "\"}") + ".e30.AAAA";
            default ->
                    number % 2 == 0
                            ? text + "." + text
                            : TokenMint.encode("{\"alg\":\"RS256\",\"n\":" + text + "}")
                                    + ".eyJpc3MiOiJub2JvZHkifQ.AAAA";
        };
    }

    /** Answered so far, each with 401. */
    int refused() {
        if (failure != null) {
            throw new IllegalStateException(failure);
        }
        return refused.get();
    }

    /** Until every token has been answered. */
    void finish() {
        for (Thread client : clients) {
            try {
                client.join();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @Override
    public void close() {
        ended = true;
        finish();
    }

    /** The statuses of the answers on one connection, in order. */
    private static final class StatusReader {

        private static final byte[] START = "HTTP/1.1 ".getBytes(StandardCharsets.US_ASCII);

        private final InputStream in;
        private final byte[] buffer = new byte[64 * 1024];
        private int at;
        private int end;

        StatusReader(InputStream in) {
            this.in = in;
        }

        int next() throws IOException {
            int matched = 0;
            while (matched < START.length) {
                byte b = read();
                matched = b == START[matched] ? matched + 1 : b == START[0] ? 1 : 0;
            }
            return (read() - '0') * 100 + (read() - '0') * 10 + read() - '0';
        }

        private byte read() throws IOException {
            if (at == end) {
                at = 0;
                end = in.read(buffer);
                if (end < 0) {
                    throw new IOException("closed");
                }
            }
            return buffer[at++];
        }
    }
}

package io.sluice.upstream.dns;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * A name server on a free port of this machine, UDP and TCP, that gives every name the same
 * addresses. How it answers can be changed while it runs.
 */
public final class FakeDnsServer implements AutoCloseable {

    private static final int A = 1;
    private static final int CNAME = 5;
    private static final int AAAA = 28;
    private static final int ANSWERED = 0x8180;
    private static final int CUT_SHORT = 0x0200;

    public static final int SERVFAIL = 2;
    public static final int NXDOMAIN = 3;

    /** A question as it came: the type's number, when, and how. */
    record Question(String name, int type, long nanos, boolean tcp) {}

    private final DatagramSocket udp;
    private final ServerSocket tcp;
    private final List<Question> questions = new CopyOnWriteArrayList<>();
    private volatile List<String> addresses = List.of();
    private volatile int ttl = 60;
    private volatile @Nullable Integer aliasTtl;
    private volatile int code;
    private volatile int codeOfAaaa;
    private volatile boolean silent;
    private volatile boolean cutShort;

    private FakeDnsServer() throws IOException {
        this.tcp = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        this.udp = new DatagramSocket(tcp.getLocalPort(), InetAddress.getLoopbackAddress());
        daemon("dns-udp", this::serveUdp);
        daemon("dns-tcp", this::serveTcp);
    }

    public static FakeDnsServer start() {
        try {
            return new FakeDnsServer();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void daemon(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    public InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), tcp.getLocalPort());
    }

    /** IPv4 and IPv6 addresses; each is given to the question it fits. Ends an error. */
    public FakeDnsServer answer(String... newAddresses) {
        addresses = List.of(newAddresses);
        return fail(0, 0);
    }

    FakeDnsServer ttl(int seconds) {
        ttl = seconds;
        return this;
    }

    /** Puts an alias of this time to live in front of the addresses. */
    FakeDnsServer alias(int seconds) {
        aliasTtl = seconds;
        return this;
    }

    public FakeDnsServer fail(int newCode) {
        return fail(newCode, newCode);
    }

    FakeDnsServer fail(int newCode, int newCodeOfAaaa) {
        code = newCode;
        codeOfAaaa = newCodeOfAaaa;
        silent = false;
        return this;
    }

    FakeDnsServer silence() {
        silent = true;
        return this;
    }

    /** Answers over UDP say that there is more, which TCP then tells. */
    FakeDnsServer cutShort() {
        cutShort = true;
        return this;
    }

    void refuseTcp() {
        try {
            tcp.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<Question> questions() {
        return questions;
    }

    private void serveUdp() {
        byte[] buffer = new byte[4096];
        while (!udp.isClosed()) {
            DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
            try {
                udp.receive(packet);
                byte[] query = Arrays.copyOf(packet.getData(), packet.getLength());
                byte[] reply = reply(query, false);
                if (reply.length > 0) {
                    udp.send(new DatagramPacket(reply, reply.length, packet.getSocketAddress()));
                }
            } catch (IOException e) {
                if (!udp.isClosed()) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    private void serveTcp() {
        while (!tcp.isClosed()) {
            try (Socket socket = tcp.accept()) {
                DataInputStream in = new DataInputStream(socket.getInputStream());
                byte[] query = new byte[in.readUnsignedShort()];
                in.readFully(query);
                byte[] reply = reply(query, true);
                DataOutputStream out = new DataOutputStream(socket.getOutputStream());
                out.writeShort(reply.length);
                out.write(reply);
                out.flush();
            } catch (IOException e) {
                if (!tcp.isClosed()) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    private byte[] reply(byte[] query, boolean overTcp) throws IOException {
        int end = 12;
        StringBuilder name = new StringBuilder();
        while (query[end] != 0) {
            name.append(new String(query, end + 1, query[end])).append('.');
            end += query[end] + 1;
        }
        int type = ByteBuffer.wrap(query).getShort(end + 1);
        questions.add(new Question(name.toString(), type, System.nanoTime(), overTcp));
        if (silent) {
            return new byte[0];
        }
        int answerCode = type == AAAA ? codeOfAaaa : code;
        boolean cut = cutShort && !overTcp;
        List<byte[]> records =
                addresses.stream()
                        .map(FakeDnsServer::bytes)
                        .filter(b -> b.length == (type == A ? 4 : 16))
                        .limit(answerCode != 0 ? 0 : cut ? 1 : Integer.MAX_VALUE)
                        .toList();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.write(query, 0, 2);
        out.writeShort(ANSWERED | answerCode | (cut ? CUT_SHORT : 0));
        out.writeShort(1);
        out.writeShort(records.size() + (aliasTtl == null ? 0 : 1));
        out.writeInt(0);
        out.write(query, 12, end + 5 - 12);
        if (aliasTtl != null) {
            record(out, CNAME, aliasTtl, new byte[] {(byte) 0xC0, 12});
        }
        for (byte[] one : records) {
            record(out, type, ttl, one);
        }
        return bytes.toByteArray();
    }

    private static void record(DataOutputStream out, int type, int seconds, byte[] data)
            throws IOException {
        out.writeShort(0xC00C);
        out.writeShort(type);
        out.writeShort(1);
        out.writeInt(seconds);
        out.writeShort(data.length);
        out.write(data);
    }

    private static byte[] bytes(String address) {
        try {
            return InetAddress.getByName(address).getAddress();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        udp.close();
        refuseTcp();
    }
}

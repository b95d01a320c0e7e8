package io.sluice.upstream.dns;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.AddressedEnvelope;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DnsRawRecord;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponse;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.handler.codec.dns.DnsSection;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.DnsNameResolverTimeoutException;
import io.netty.resolver.dns.DnsServerAddressStream;
import io.netty.resolver.dns.DnsServerAddressStreamProviders;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import io.sluice.upstream.DnsAnswer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.resources.LoopResources;

/**
 * Single DNS questions, over UDP and over TCP when an answer does not fit. Netty's own resolver
 * goes by the outcome only; here a name that is not there and a server that does not answer are
 * told apart, and times to live are kept. A name is asked as it stands, without search domains.
 */
public final class DnsQueries implements AutoCloseable {

    private static final int MOST_SERVERS = 3;

    private final DnsNameResolver resolver;
    private final List<InetSocketAddress> servers;

    /**
     * @param servers the name servers to ask, in this order; none: the system's
     * @param timeout for one answer of one server
     */
    public DnsQueries(LoopResources loops, List<InetSocketAddress> servers, Duration timeout) {
        EventLoopGroup group = loops.onClient(LoopResources.DEFAULT_NATIVE);
        this.servers = List.copyOf(servers);
        this.resolver =
                new DnsNameResolverBuilder(group.next())
                        .datagramChannelFactory(() -> loops.onChannel(DatagramChannel.class, group))
                        .socketChannelFactory(() -> loops.onChannel(SocketChannel.class, group))
                        .queryTimeoutMillis(timeout.toMillis())
                        .build();
    }

    /** Asks the servers one after the other until one of them gives a usable answer. */
    Mono<DnsAnswer> ask(String name, DnsRecordType type) {
        return Flux.fromIterable(servers(name))
                .concatMap(one -> ask(one, name, type), 1)
                .takeUntil(answer -> !(answer instanceof DnsAnswer.Failed))
                .last(new DnsAnswer.Failed("no name server is known"));
    }

    List<InetSocketAddress> servers(String name) {
        if (!servers.isEmpty()) {
            return servers;
        }
        DnsServerAddressStream stream =
                DnsServerAddressStreamProviders.platformDefault().nameServerAddressStream(name);
        List<InetSocketAddress> found = new ArrayList<>();
        for (int i = 0; i < Math.min(MOST_SERVERS, stream.size()); i++) {
            found.add(stream.next());
        }
        return found;
    }

    private Mono<DnsAnswer> ask(InetSocketAddress one, String name, DnsRecordType type) {
        return Mono.<DnsAnswer>create(
                        sink ->
                                resolver.query(one, new DefaultDnsQuestion(name, type))
                                        .addListener(
                                                (Future<
                                                                        AddressedEnvelope<
                                                                                DnsResponse,
                                                                                InetSocketAddress>>
                                                                done) ->
                                                        sink.success(answer(done, type))))
                .onErrorResume(error -> Mono.just(new DnsAnswer.Failed(error.toString())));
    }

    private static DnsAnswer answer(
            Future<AddressedEnvelope<DnsResponse, InetSocketAddress>> done, DnsRecordType type) {
        if (!done.isSuccess()) {
            Throwable cause = done.cause();
            return new DnsAnswer.Failed(
                    cause instanceof DnsNameResolverTimeoutException
                            ? "the name server did not answer in time"
                            : String.valueOf(cause.getMessage()));
        }
        AddressedEnvelope<DnsResponse, InetSocketAddress> envelope = done.getNow();
        try {
            return read(envelope.content(), type);
        } finally {
            envelope.release();
        }
    }

    private static DnsAnswer read(DnsResponse response, DnsRecordType type) {
        DnsResponseCode code = response.code();
        if (code.equals(DnsResponseCode.NXDOMAIN)) {
            return new DnsAnswer.Absent();
        }
        if (!code.equals(DnsResponseCode.NOERROR)) {
            return new DnsAnswer.Failed("the name server answered " + code);
        }
        if (response.isTruncated()) {
            return new DnsAnswer.Failed("the answer is cut short");
        }
        List<String> addresses = new ArrayList<>();
        long ttlSeconds = Long.MAX_VALUE;
        for (int i = 0; i < response.count(DnsSection.ANSWER); i++) {
            DnsRecord record = response.recordAt(DnsSection.ANSWER, i);
            // Those of aliases on the way count too.
            ttlSeconds = Math.min(ttlSeconds, record.timeToLive());
            if (record.type().equals(type) && record instanceof DnsRawRecord raw) {
                addresses.add(address(raw.content()));
            }
        }
        return addresses.isEmpty()
                ? new DnsAnswer.Absent()
                : new DnsAnswer.Found(addresses, Duration.ofSeconds(ttlSeconds));
    }

    private static String address(ByteBuf bytes) {
        try {
            return NetUtil.toAddressString(InetAddress.getByAddress(ByteBufUtil.getBytes(bytes)));
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("an address of " + bytes.readableBytes() + " bytes");
        }
    }

    @Override
    public void close() {
        resolver.close();
    }
}

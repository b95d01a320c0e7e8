package io.sluice.proxy.spring;

import static org.springframework.cloud.gateway.filter.headers.HttpHeadersFilter.Type.REQUEST;
import static org.springframework.cloud.gateway.filter.headers.HttpHeadersFilter.Type.RESPONSE;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.sluice.pipeline.AmendedRequest;
import io.sluice.pipeline.ClientConnection;
import io.sluice.pipeline.RequestHeaderRule;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.filter.headers.GRPCRequestHeadersFilter;
import org.springframework.cloud.gateway.filter.headers.GRPCResponseHeadersFilter;
import org.springframework.cloud.gateway.filter.headers.HttpHeadersFilter;
import org.springframework.cloud.gateway.filter.headers.RemoveForwardedHeadersFilter;
import org.springframework.cloud.gateway.filter.headers.RemoveHopByHopHeadersFilter;
import org.springframework.cloud.gateway.filter.headers.RemoveXForwardedHeadersFilter;
import org.springframework.cloud.gateway.filter.headers.TransferEncodingNormalizationHeadersFilter;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;
import reactor.netty.http.server.HttpServerRequest;

/**
 * The headers' way from the client's request to the upstream's, and back, each in one pass. Does
 * what Spring Cloud Gateway's list of filters does, which copies all headers once for each of them.
 * Where the list has a filter that is not known here, or a message one of the rarer headers that
 * those filters are for, the list itself is run. Immutable.
 */
final class HeaderPass {

    /** Those that this class repeats; the transfer coding is the hop's. */
    private static final Set<Class<?>> REPEATED =
            Set.of(
                    RemoveHopByHopHeadersFilter.class,
                    RemoveForwardedHeadersFilter.class,
                    RemoveXForwardedHeadersFilter.class,
                    GRPCRequestHeadersFilter.class,
                    GRPCResponseHeadersFilter.class,
                    TransferEncodingNormalizationHeadersFilter.class,
                    GrpcTrailersOnly.class);

    private static final String X_FORWARDED = "x-forwarded-";

    private final List<HttpHeadersFilter> filters;
    private final boolean known;
    private final NameSet hopByHop;
    private final NameSet ofProxies;
    private final boolean dropsXForwarded;
    private final List<RequestHeaderRule> rules;

    private HeaderPass(List<HttpHeadersFilter> filters) {
        this.filters = filters;
        Set<String> hop = new HashSet<>();
        Set<String> ofProxy = new HashSet<>();
        List<RequestHeaderRule> ours = new ArrayList<>();
        boolean onlyKnown = true;
        boolean xForwarded = false;
        for (HttpHeadersFilter filter : filters) {
            if (filter instanceof RequestHeaderRule rule) {
                ours.add(rule);
            } else if (filter instanceof RemoveHopByHopHeadersFilter removed) {
                hop.addAll(removed.getHeaders());
            } else if (filter instanceof RemoveForwardedHeadersFilter) {
                ofProxy.add("forwarded");
            }
            xForwarded |= filter instanceof RemoveXForwardedHeadersFilter;
            onlyKnown &=
                    filter instanceof RequestHeaderRule || REPEATED.contains(filter.getClass());
        }
        this.known = onlyKnown && hop.contains("transfer-encoding");
        this.hopByHop = new NameSet(hop);
        this.ofProxies = new NameSet(ofProxy);
        this.dropsXForwarded = xForwarded;
        this.rules = List.copyOf(ours);
    }

    static HeaderPass of(@Nullable List<HttpHeadersFilter> filters) {
        return new HeaderPass(filters == null ? List.of() : List.copyOf(filters));
    }

    /** Adds the headers of the request to the upstream; the host is not among them. */
    void request(ServerWebExchange exchange, HttpHeaders target) {
        target.remove(HttpHeaderNames.HOST);
        ServerHttpRequest request = exchange.getRequest();
        HttpServerRequest asItCame =
                known ? ClientConnection.untouched(AmendedRequest.unamended(request)) : null;
        if (asItCame != null && isOrdinary(asItCame.requestHeaders())) {
            if (request instanceof AmendedRequest amended) {
                copy(asItCame.requestHeaders(), amended, target);
            } else {
                copy(asItCame.requestHeaders(), target);
            }
        } else if (known && isOrdinary(request.getHeaders())) {
            request.getHeaders().forEach((name, values) -> copy(name, values, target));
        } else {
            HttpHeadersFilter.filter(filters, request.getHeaders(), exchange, REQUEST)
                    .forEach(target::add);
            target.remove(HttpHeaderNames.HOST);
            return;
        }
        Written written = new Written(target);
        for (RequestHeaderRule rule : rules) {
            rule.apply(exchange, written);
        }
    }

    private static boolean isOrdinary(HttpHeaders headers) {
        return !headers.contains(HttpHeaderNames.CONNECTION)
                && !headers.contains(HttpHeaderNames.TRANSFER_ENCODING)
                && !isGrpc(headers.get(HttpHeaderNames.CONTENT_TYPE));
    }

    private static boolean isOrdinary(org.springframework.http.HttpHeaders headers) {
        return headers.getFirst("Connection") == null
                && headers.getFirst("Transfer-Encoding") == null
                && !isGrpc(headers.getFirst("Content-Type"));
    }

    private static boolean isGrpc(@Nullable String contentType) {
        return contentType != null && contentType.regionMatches(true, 0, "application/grpc", 0, 16);
    }

    private void copy(HttpHeaders source, HttpHeaders target) {
        Iterator<Map.Entry<CharSequence, CharSequence>> all = source.iteratorCharSequence();
        while (all.hasNext()) {
            Map.Entry<CharSequence, CharSequence> header = all.next();
            if (goesOn(header.getKey())) {
                target.add(header.getKey(), header.getValue());
            }
        }
    }

    private void copy(HttpHeaders source, AmendedRequest amended, HttpHeaders target) {
        List<String> removed = amended.removed();
        Iterator<Map.Entry<CharSequence, CharSequence>> all = source.iteratorCharSequence();
        while (all.hasNext()) {
            Map.Entry<CharSequence, CharSequence> header = all.next();
            CharSequence name = header.getKey();
            if (goesOn(name) && !isAmong(name, removed)) {
                target.add(name, header.getValue());
            }
        }
        for (Map.Entry<String, String> header : amended.set().entrySet()) {
            if (goesOn(header.getKey())) {
                target.set(header.getKey(), header.getValue());
            }
        }
    }

    private static boolean isAmong(CharSequence name, List<String> names) {
        for (int i = 0; i < names.size(); i++) {
            if (NameSet.same(name, names.get(i))) {
                return true;
            }
        }
        return false;
    }

    private void copy(String name, List<String> values, HttpHeaders target) {
        if (goesOn(name)) {
            target.add(name, values);
        }
    }

    private boolean goesOn(CharSequence name) {
        return !hopByHop.contains(name)
                && !ofProxies.contains(name)
                && !(dropsXForwarded && NameSet.startsWith(name, X_FORWARDED))
                && !NameSet.same(name, "host");
    }

    /** Adds the headers of the upstream's answer to the client's. */
    void response(
            HttpHeaders source,
            org.springframework.http.HttpHeaders target,
            ServerWebExchange exchange) {
        if (!known
                || source.contains("grpc-status")
                || !onlyNames(source.getAll(HttpHeaderNames.CONNECTION), hopByHop)) {
            org.springframework.http.HttpHeaders all = new org.springframework.http.HttpHeaders();
            source.forEach(header -> all.add(header.getKey(), header.getValue()));
            target.addAll(HttpHeadersFilter.filter(filters, all, exchange, RESPONSE));
            return;
        }
        Iterator<Map.Entry<CharSequence, CharSequence>> all = source.iteratorCharSequence();
        while (all.hasNext()) {
            Map.Entry<CharSequence, CharSequence> header = all.next();
            if (!hopByHop.contains(header.getKey())) {
                target.add(header.getKey().toString(), header.getValue().toString());
            }
        }
    }

    /** {@code Connection: close} or {@code keep-alive} name nothing that is not dropped anyway. */
    private static boolean onlyNames(List<String> options, NameSet dropped) {
        for (String option : options) {
            if (!NameSet.same(option, "close") && !dropped.contains(option)) {
                return false;
            }
        }
        return true;
    }

    private record Written(HttpHeaders headers) implements RequestHeaderRule.Outgoing {

        @Override
        public void set(String name, String value) {
            headers.set(name, value);
        }

        @Override
        public void remove(String name) {
            headers.remove(name);
        }
    }
}

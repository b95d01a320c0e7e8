package io.sluice.proxy.spring;

import io.netty.handler.codec.http.HttpHeaders;
import java.util.AbstractSet;
import java.util.Iterator;

/** The names in a head, collected when somebody asks. A view. */
final class HeaderNames extends AbstractSet<String> {

    private final HttpHeaders headers;

    HeaderNames(HttpHeaders headers) {
        this.headers = headers;
    }

    @Override
    public Iterator<String> iterator() {
        return headers.names().iterator();
    }

    @Override
    public int size() {
        return headers.names().size();
    }

    @Override
    public boolean contains(Object name) {
        return name instanceof String text && headers.contains(text);
    }
}

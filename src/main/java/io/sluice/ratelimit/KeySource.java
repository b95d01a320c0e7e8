package io.sluice.ratelimit;

import org.jspecify.annotations.Nullable;

/** What a request offers to be limited by. An absent value is null or empty. */
public interface KeySource {

    /** The verified subject. */
    @Nullable String user();

    /** The client's address as a literal. */
    String ip();

    /** The API key as it was sent; it is hashed before it is used. */
    @Nullable String apiKey();

    /** The first value of a request header. */
    @Nullable String header(String name);

    /** A claim of the verified token, as text. */
    @Nullable String claim(String name);

    /** The id of the route. */
    String route();
}

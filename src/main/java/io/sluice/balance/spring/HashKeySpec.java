package io.sluice.balance.spring;

import io.sluice.settings.SettingException;
import java.util.Locale;

/**
 * Where consistent hashing takes its key from: {@code hash-key}.
 *
 * @param kind the part of the request
 * @param name the header's, cookie's, parameter's or claim's name; empty for path and ip
 */
record HashKeySpec(Kind kind, String name) {

    enum Kind {
        HEADER,
        COOKIE,
        QUERY,
        CLAIM,
        PATH,
        IP
    }

    private static final String EXPECTED =
            "header:NAME, cookie:NAME, query:NAME, claim:NAME, path or ip";

    static HashKeySpec parse(String property, String text) {
        int colon = text.indexOf(':');
        String word = colon < 0 ? text : text.substring(0, colon);
        String name = colon < 0 ? "" : text.substring(colon + 1).trim();
        for (Kind kind : Kind.values()) {
            if (kind.name().toLowerCase(Locale.ROOT).equals(word.trim())) {
                boolean named = kind != Kind.PATH && kind != Kind.IP;
                if (named == name.isEmpty()) {
                    break;
                }
                return new HashKeySpec(kind, name);
            }
        }
        throw new SettingException(property, text, EXPECTED);
    }
}

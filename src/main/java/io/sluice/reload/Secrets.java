package io.sluice.reload;

import java.util.regex.Pattern;

/** Which settings' values are not shown, by their names and by what they look like. */
final class Secrets {

    private static final String MASKED = "(masked)";

    /** The last element of a property that holds a secret, however it is spelled. */
    private static final Pattern NAME =
            Pattern.compile(
                    "(^|[.])[^.]*(password|passphrase|secret|token|credentials?|private-?key"
                            + "|api-?key|sha256)(\\[[^.]*)?$",
                    Pattern.CASE_INSENSITIVE);

    /** An address with a password in it, or a key in PEM. */
    private static final Pattern VALUE = Pattern.compile("://[^/@\\s]*:[^/@\\s]+@|PRIVATE KEY");

    private Secrets() {}

    static String mask(String key, String value) {
        return NAME.matcher(key).find() || VALUE.matcher(value).find() ? MASKED : value;
    }
}

package io.sluice.manage.spring;

import io.sluice.settings.SettingException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The management port's own guard: {@code sluice.management.*}.
 *
 * @param token bearer token that every endpoint but health then needs; absent: none is asked for
 */
public record ManagementProperties(@Nullable String token) {

    /** What a bearer token may look like (RFC 6750 section 2.1); no other could ever be sent. */
    private static final Pattern BEARER = Pattern.compile("[A-Za-z0-9._~+/-]+=*");

    public ManagementProperties {
        if (token != null && !BEARER.matcher(token).matches()) {
            throw new SettingException(
                    "sluice.management.token",
                    token.isBlank() ? "(blank)" : "(masked)",
                    "one or more of A-Z a-z 0-9 . _ ~ + / -, with = only at the end; or no setting");
        }
    }

    /** Never prints the token. */
    @Override
    public String toString() {
        return "ManagementProperties[token=" + (token == null ? "none" : "set") + "]";
    }
}

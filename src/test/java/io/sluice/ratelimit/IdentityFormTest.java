package io.sluice.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IdentityFormTest {

    private static IdentityForm form(String spec) {
        return KeySpec.parse(List.of(spec.split(";"))).form();
    }

    @ParameterizedTest
    @CsvSource({
        "user,user:42",
        "user,user:a%20b%7B%7D%00%C3%A9%uD83D",
        "user,ip:192.0.2.255",
        "ip,ip:2001:db8:1:2::",
        "ip,ip:0:0:0:0::",
        "api-key,api-key:2bb80d537b1da3e38bd30361aa855686",
        "header:X-Tenant,header:x-tenant:acme",
        "header:X-Tenant,ip:10.0.0.1",
        "claim:a:b,claim:a%3Ab:c:d",
        "route,route:orders",
        "global,global",
        "user;route,'user:42,route:orders'"
    })
    void fits_whatTheKeyCanGive(String spec, String identity) {
        assertThat(form(spec).fits(identity)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "user,42",
        "user,user:",
        "user,user:a b",
        "user,user:%41",
        "user,user:%7b",
        "user,user:a%",
        "user,user:{a}",
        "user,usr:42",
        "ip,user:42",
        "ip,ip:256.0.0.1",
        "ip,ip:10.0.0",
        "ip,ip:010.0.0.1",
        "ip,ip:10.0.0.0/8",
        "ip,ip:2001:db8:1:2::1",
        "ip,ip:2001:0db8:1:2::",
        "ip,ip:2001:DB8:1:2::",
        "ip,ip:::",
        "api-key,api-key:secret",
        "header:X-Tenant,header:X-Tenant:acme",
        "claim:tier,claim:tier:",
        "route,orders",
        "global,route:global",
        "user;route,user:42",
        "user;route,'route:orders,user:42'"
    })
    void fits_whatTheKeyNeverGives_isFalse(String spec, String identity) {
        assertThat(form(spec).fits(identity)).isFalse();
    }

    @Test
    void fits_identifierAtTheLongest_andNotBeyond() {
        String longest = "a".repeat(128);
        assertThat(form("user").fits("user:" + longest)).isTrue();
        assertThat(form("user").fits("user:" + longest + "a")).isFalse();
        assertThat(form("user;route").fits("user:" + longest + ",route:" + longest)).isTrue();
        assertThat(form("user").fits("user:" + BucketKeys.encode("a".repeat(4096)))).isTrue();
    }

    @Test
    void fits_anyIdentifierAsTheKeyWritesIt() {
        long seed = 20261124;
        SplittableRandom random = new SplittableRandom(seed);
        KeySpec spec = KeySpec.parse(List.of("user", "claim:tier"));
        for (int i = 0; i < 5_000; i++) {
            Request request =
                    new Request(
                            text(random),
                            "192.0.2.1",
                            null,
                            Map.of(),
                            Map.of("tier", text(random)),
                            "r");
            String identity = spec.identity(request);
            assertThat(spec.form().fits(identity)).as("seed %d: %s", seed, identity).isTrue();
        }
    }

    private static String text(SplittableRandom random) {
        StringBuilder text = new StringBuilder();
        int length = random.nextInt(0, 160);
        int most = random.nextBoolean() ? 0x80 : 0x1_0000;
        for (int i = 0; i < length; i++) {
            text.append((char) random.nextInt(most));
        }
        return text.toString();
    }

    @Test
    void expected_namesEveryPart() {
        assertThat(form("user;ip;api-key;header:X;claim:c;route;global").expected())
                .isEqualTo(
                        "user:SUBJECT,ip:ADDRESS,api-key:HASH,header:x:VALUE,claim:c:VALUE,"
                                + "route:ID,global");
    }
}

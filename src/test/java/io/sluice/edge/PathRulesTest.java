package io.sluice.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PathRulesTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "/orders/17",
                "/v1.2/a.b/file.tar.gz",
                "/.well-known/jwks.json",
                "/...",
                "/..a/b..",
                "/a/",
                "/caf%C3%A9",
                "/%F0%9F%98%80",
                "/100%25",
                "/100%2525",
                "/%25zz",
                "/%25%32",
                "/%41%2d",
                "/a%3Bb",
                "/a%20b%3Fc%23d",
                "/~!$&'()*+,=:@-_",
                "/@evil.com:80/x"
            })
    void check_oneMeaning_isOk(String path) {
        assertThat(PathRules.check(path)).isEqualTo(PathVerdict.OK);
        assertThat(PathRules.check(path).refused()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "*, NOT_ABSOLUTE",
        "orders, NOT_ABSOLUTE",
        "%2forders, NOT_ABSOLUTE",
        "/public/../admin, DOT_SEGMENT",
        "/public/..;/admin, DOT_SEGMENT",
        "/public/..;x=1/admin, DOT_SEGMENT",
        "/public//../admin, DOT_SEGMENT",
        "//admin, EMPTY_SEGMENT",
        "/a//b, EMPTY_SEGMENT",
        "/a//, EMPTY_SEGMENT",
        "/;/admin, EMPTY_SEGMENT",
        "/a/;x=1/b, EMPTY_SEGMENT",
        "/%41//b, EMPTY_SEGMENT",
        "/a..;b, SEMICOLON",
        "/matrix;x=1;y=../z, SEMICOLON",
        "/admin;x=%41, SEMICOLON",
        "/.., DOT_SEGMENT",
        "/., DOT_SEGMENT",
        "/./a, DOT_SEGMENT",
        "/.;a/b, DOT_SEGMENT",
        "/public/%2e%2e/admin, DOT_SEGMENT",
        "/public/%2E./admin, DOT_SEGMENT",
        "/public/.%2e/admin, DOT_SEGMENT",
        "/public/%2e, DOT_SEGMENT",
        "/public/..%3b/admin, DOT_SEGMENT",
        "/public/%2e%2e;/admin, DOT_SEGMENT",
        "/public/..%2fadmin, ENCODED_SLASH",
        "/public/..%5cadmin, ENCODED_SLASH",
        "/admin%2Fx, ENCODED_SLASH",
        "/%2fadmin/x, ENCODED_SLASH",
        "/a%5Cb, ENCODED_SLASH",
        "'/a\\b', BACKSLASH",
        "/public/a%00b, CONTROL_CHARACTER",
        "/public/a%0d%0ab, CONTROL_CHARACTER",
        "/a%7fb, CONTROL_CHARACTER",
        "/a%c2%80b, CONTROL_CHARACTER",
        "/%, BAD_ENCODING",
        "/a%4, BAD_ENCODING",
        "/%zz, BAD_ENCODING",
        "/%2g, BAD_ENCODING",
        "/%u002e, BAD_ENCODING",
        "/%%32e, BAD_ENCODING",
        "/%c0%ae%c0%ae/a, NOT_UTF8",
        "/%e0%80%ae, NOT_UTF8",
        "/%c0%af, NOT_UTF8",
        "/%ff, NOT_UTF8",
        "/%c3, NOT_UTF8",
        "/%ed%a0%80, NOT_UTF8",
        "/%f4%90%80%80, NOT_UTF8",
        "/public/%252e%252e/admin, DOUBLE_ENCODED",
        "/public/%252E./admin, DOUBLE_ENCODED",
        "/a%252fb, DOUBLE_ENCODED",
        "/a%255cb, DOUBLE_ENCODED",
        "/a%2500b, DOUBLE_ENCODED",
        "/a%257fb, DOUBLE_ENCODED",
        "/a%25252fb, DOUBLE_ENCODED",
        "/a%2525252fb, DOUBLE_ENCODED",
        "/a%252525252541b, DOUBLE_ENCODED",
        "/a%25%32%65b, DOUBLE_ENCODED",
        "/a%25%32%35%32%66b, DOUBLE_ENCODED",
        "/a b, ILLEGAL_CHARACTER",
        "/a<b, ILLEGAL_CHARACTER",
        "'/a\"b', ILLEGAL_CHARACTER",
        "/a{b}, ILLEGAL_CHARACTER",
        "/a|b, ILLEGAL_CHARACTER",
        "/a[b], ILLEGAL_CHARACTER",
        "/a?b, ILLEGAL_CHARACTER",
        "/a#b, ILLEGAL_CHARACTER"
    })
    void check_twoMeanings_isRefused(String path, PathVerdict verdict) {
        assertThat(PathRules.check(path)).isEqualTo(verdict);
        assertThat(verdict.refused()).isTrue();
        assertThat(verdict.detail()).endsWith(".");
    }

    @Test
    void check_rawControlAndNonAscii_isRefused() {
        for (char c = 0; c < 0x20; c++) {
            assertThat(PathRules.check("/a" + c)).isEqualTo(PathVerdict.CONTROL_CHARACTER);
        }
        assertThat(PathRules.check("/a\u007f")).isEqualTo(PathVerdict.CONTROL_CHARACTER);
        assertThat(PathRules.check("/a\u0085")).isEqualTo(PathVerdict.CONTROL_CHARACTER);
        assertThat(PathRules.check("/caf\u00e9")).isEqualTo(PathVerdict.NON_ASCII);
        assertThat(PathRules.check("/\uff0e\uff0e/a")).isEqualTo(PathVerdict.NON_ASCII);
    }

    /** Whatever passes stays harmless under any number of lenient decodings. */
    @Test
    void check_randomPaths_whatPassesNeverDecodesIntoTraversal() {
        long seed = 20261124L;
        SplittableRandom random = new SplittableRandom(seed);
        List<String> pieces =
                List.of(
                        "/", ".", "..", "%", "25", "2e", "2E", "2f", "5c", "00", "%25", "%2", "e",
                        "3", "%32", "%65", "%35", ";", "a", "%c0%ae", "%c3%a9");
        int passed = 0;
        for (int round = 0; round < 30_000; round++) {
            StringBuilder path = new StringBuilder("/");
            for (int i = random.nextInt(1, 9); i > 0; i--) {
                path.append(pieces.get(random.nextInt(pieces.size())));
            }
            if (PathRules.check(path.toString()) != PathVerdict.OK) {
                continue;
            }
            passed++;
            assertHarmless(path.toString(), path + ", seed " + seed);
        }
        assertThat(passed).isGreaterThan(1_500);
    }

    private static void assertHarmless(String path, String description) {
        String text = path;
        long slashes = slashes(path);
        for (int depth = 0; depth < 6; depth++) {
            for (String segment : text.split("/", -1)) {
                String name = segment.split(";", -1)[0];
                assertThat(name).as(description).isNotIn(".", "..");
            }
            assertThat(slashes(text)).as(description).isEqualTo(slashes);
            text = decodeLeniently(text);
        }
    }

    private static long slashes(String text) {
        return text.chars().filter(c -> c == '/' || c == '\\').count();
    }

    private static String decodeLeniently(String text) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            boolean escape =
                    text.charAt(i) == '%'
                            && i + 2 < text.length()
                            && Character.digit(text.charAt(i + 1), 16) >= 0
                            && Character.digit(text.charAt(i + 2), 16) >= 0;
            if (escape) {
                out.append((char) Integer.parseInt(text.substring(i + 1, i + 3), 16));
                i += 2;
            } else {
                out.append(text.charAt(i));
            }
        }
        return out.toString();
    }

    @Test
    void check_longHostilePath_isBounded() {
        assertThat(PathRules.check("/%" + "25".repeat(100_000) + "41"))
                .isEqualTo(PathVerdict.DOUBLE_ENCODED);
    }

    @ParameterizedTest
    @CsvSource({
        "/a%2Fb, ENCODED_SLASH, OK",
        "/a%2fb;c, ENCODED_SLASH, SEMICOLON",
        "/a%2F..%2Fb, ENCODED_SLASH, DOT_SEGMENT",
        "/..%2fb, ENCODED_SLASH, DOT_SEGMENT",
        "/a%2F%2e, ENCODED_SLASH, DOT_SEGMENT",
        "/a%5Cb, ENCODED_SLASH, ENCODED_SLASH",
        "/a%252Fb, ENCODED_SLASH, DOUBLE_ENCODED",
        "/a%00, ENCODED_SLASH, CONTROL_CHARACTER",
        "/a;b=c, SEMICOLON, OK",
        "/a;b=c%2F, SEMICOLON, ENCODED_SLASH",
        "/..;b, SEMICOLON, DOT_SEGMENT",
        "/a/;b/c, SEMICOLON, EMPTY_SEGMENT",
        "/a/;b, SEMICOLON, EMPTY_SEGMENT"
    })
    void check_relaxed_letsPassNothingElse(
            String path, PathRelaxation relaxation, PathVerdict verdict) {
        assertThat(PathRules.check(path, Set.of(relaxation))).isEqualTo(verdict);
    }

    @Test
    void relaxations_byName_areThoseVerdicts() {
        assertThat(PathRelaxation.parse("encoded-slash"))
                .containsExactly(PathRelaxation.ENCODED_SLASH);
        assertThat(PathRelaxation.parse("semicolon , encoded-slash")).isEqualTo(PathRelaxation.ALL);
        assertThat(PathRelaxation.parse("")).isNull();
        assertThat(PathRelaxation.parse("semicolon,dots")).isNull();
        assertThat(PathVerdict.ENCODED_SLASH.relaxable()).isTrue();
        assertThat(PathVerdict.SEMICOLON.relaxable()).isTrue();
        assertThat(PathVerdict.DOT_SEGMENT.relaxable()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"/a//b, /a/b", "//, /", "/a///b//, /a/b/", "/a/b, /a/b"})
    void mergeSlashes_runs_becomeOne(String path, String merged) {
        assertThat(PathRules.mergeSlashes(path)).isEqualTo(merged);
    }
}

package io.sluice.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.convert.DurationStyle;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code token}. */
@Command(
        name = "token",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        header = "Writes a token for trying routes out with an issuer of your own.",
        description = "Only the token goes to the standard output.",
        exitCodeOnInvalidInput = ExitCode.USAGE,
        exitCodeOnExecutionException = ExitCode.FAILED,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:the token is written",
            "2:the secret or key is too weak, or is none",
            "64:wrong arguments",
            "70:a file cannot be read"
        },
        footer = {
            "",
            "Examples:",
            "  java -jar sluice.jar token --secret-file secret.txt --issuer me --sub ada"
                    + " --scope orders.read",
            "  java -jar sluice.jar token --key private.pem --issuer https://id.example.com/"
                    + " --sub ada --ttl 8h --claim plan=gold"
        })
final class TokenCommand implements Callable<Integer> {

    /** What signs. */
    private static final class Signing {

        @Option(
                names = "--secret",
                required = true,
                description = "A shared secret of 32 bytes or more. Other users may see it.")
        private @Nullable String secret;

        @Option(
                names = "--secret-file",
                required = true,
                paramLabel = "FILE",
                description = "The same in a file; a line end after it is not part of it.")
        private @Nullable Path secretFile;

        @Option(
                names = "--key",
                required = true,
                paramLabel = "FILE",
                description =
                        "A private key, PEM (PKCS #8): RSA of 2048 bits or more, EC, Ed25519.")
        private @Nullable Path key;
    }

    @Spec private @Nullable CommandSpec spec;

    @ArgGroup(multiplicity = "1")
    private @Nullable Signing signing;

    @Option(names = "--issuer", required = true, description = "The claim iss.")
    private String issuer = "";

    @Option(names = "--sub", description = "The claim sub: who it speaks for.")
    private @Nullable String subject;

    @Option(names = "--scope", description = "Scopes, joined by spaces.")
    private @Nullable String scope;

    @Option(names = "--audience", description = "The claim aud.")
    private @Nullable String audience;

    @Option(names = "--kid", description = "The key's name in the header.")
    private @Nullable String keyId;

    @Option(names = "--ttl", defaultValue = "1h", description = "Such as 30m; 1h if absent.")
    private String ttl = "1h";

    @Option(
            names = "--claim",
            paramLabel = "NAME=VALUE",
            description = "A further claim, as text; may be given several times.")
    private Map<String, String> claims = Map.of();

    @Override
    public Integer call() throws IOException {
        if (spec == null || signing == null) {
            return ExitCode.FAILED;
        }
        TokenSigner signer = signer(signing);
        spec.commandLine().getOut().println(signer.sign(keyId, claims(Instant.now())));
        return ExitCode.OK;
    }

    private static TokenSigner signer(Signing with) throws IOException {
        if (with.key != null) {
            return TokenSigner.ofKey(Files.readString(with.key));
        }
        return TokenSigner.ofSecret(
                with.secretFile == null
                        ? String.valueOf(with.secret)
                        : Files.readString(with.secretFile).stripTrailing());
    }

    private Map<String, Object> claims(Instant now) {
        Map<String, Object> all = new LinkedHashMap<>(claims);
        all.put("iss", issuer);
        put(all, "sub", subject);
        put(all, "scope", scope);
        put(all, "aud", audience);
        all.put("iat", now.getEpochSecond());
        all.put("exp", now.plus(lifetime()).getEpochSecond());
        return all;
    }

    private static void put(Map<String, Object> all, String name, @Nullable String value) {
        if (value != null) {
            all.put(name, value);
        }
    }

    private Duration lifetime() {
        try {
            Duration parsed = DurationStyle.detectAndParse(ttl);
            if (!parsed.isNegative() && !parsed.isZero()) {
                return parsed;
            }
        } catch (IllegalArgumentException noDuration) {
            // Refused below, as a duration that is over already.
        }
        throw new ParameterException(
                Objects.requireNonNull(spec).commandLine(),
                "--ttl: " + ttl + " (expected: a duration such as 30m)");
    }
}

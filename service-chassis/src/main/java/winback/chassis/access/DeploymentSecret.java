package winback.chassis.access;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The secret of a deployment, kept outside its database: what is remembered of an erased person or a suppressed address
 * is a code under it, which says nothing to who has the database alone. Who loses the secret loses those memories, so it
 * belongs into the backup, apart from the database's.
 */
public final class DeploymentSecret {

    private static final String ALGORITHM = "HmacSHA256";
    private static final int MIN_LENGTH = 32;

    private final SecretKeySpec key;

    /** @param secret at least {@value #MIN_LENGTH} characters */
    public DeploymentSecret(String secret) {
        if (secret.length() < MIN_LENGTH) {
            throw new IllegalArgumentException("the deployment's secret has %d characters; at least %d are needed"
                    .formatted(secret.length(), MIN_LENGTH));
        }
        this.key = new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM);
    }

    /** The secret in a file, which is made with mode 0600 and 256 random bits when it is absent. */
    public static DeploymentSecret in(Path file) {
        try {
            if (!Files.exists(file)) {
                create(file);
            }
            return new DeploymentSecret(Files.readString(file).strip());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the deployment's secret from " + file, e);
        }
    }

    /** Services that start at once agree on one: the first whole file stays. */
    private static void create(Path file) throws IOException {
        byte[] secret = new byte[32];
        new SecureRandom().nextBytes(secret);
        Path directory = file.toAbsolutePath().getParent();
        Files.createDirectories(directory);
        Path draft = Files.createTempFile(
                directory,
                ".draft",
                null,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            Files.writeString(draft, HexFormat.of().formatHex(secret) + "\n");
            Files.createLink(file, draft);
        } catch (FileAlreadyExistsException another) {
            // Theirs counts.
        } catch (UnsupportedOperationException noLinks) {
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(draft);
        }
    }

    static DeploymentSecret of(@Nullable String secret, @Nullable Path file, @Nullable Path keysFile) {
        if (secret != null && !secret.isBlank()) {
            return new DeploymentSecret(secret);
        }
        if (file != null) {
            return in(file);
        }
        if (keysFile != null) {
            return in(keysFile.toAbsolutePath().resolveSibling("secret"));
        }
        throw new IllegalArgumentException("no deployment secret: set WINBACK_SECRET_FILE or WINBACK_SECRET_VALUE");
    }

    /**
     * The HMAC-SHA256 of a value.
     *
     * @param purpose what it is for, so that the codes of one purpose say nothing about those of another
     * @return 64 hexadecimal digits
     */
    public String code(String purpose, String value) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            mac.update(purpose.getBytes(StandardCharsets.UTF_8));
            mac.update((byte) 0);
            return HexFormat.of().formatHex(mac.doFinal(value.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new AssertionError(e);
        }
    }
}

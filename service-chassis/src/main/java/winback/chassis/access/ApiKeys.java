package winback.chassis.access;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The API keys of a deployment, kept hashed in one file that all services read, and read again within a second of a
 * change. A key carries 256 random bits, so a plain SHA-256 is enough: there is nothing to guess.
 */
public final class ApiKeys {

    /** A key's name and role; the key itself is known only to its holder. */
    public record ApiKey(String name, Role role) {}

    private record StoredKey(String name, Role role, String sha256) {}

    private record KeyFile(List<StoredKey> keys) {}

    private static final Logger log = LoggerFactory.getLogger(ApiKeys.class);
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final long RELOAD_NANOS = 1_000_000_000L;

    private final @Nullable Path file;
    private final Map<String, ApiKey> fixed = new HashMap<>();
    private volatile Map<String, ApiKey> byHash = Map.of();
    private volatile @Nullable FileTime readAt;
    private volatile long checkedNanos;

    /**
     * @param file the key file; null when the deployment has only the environment's key
     * @param adminKey an admin key from the environment, named {@code env}; null or blank for none
     */
    public ApiKeys(@Nullable Path file, @Nullable String adminKey) {
        this.file = file;
        if (adminKey != null && !adminKey.isBlank()) {
            if (adminKey.length() < 24) {
                throw new IllegalArgumentException(
                        "WINBACK_API_KEY has %d characters; at least 24 are needed".formatted(adminKey.length()));
            }
            fixed.put(hash(adminKey), new ApiKey("env", Role.ADMIN));
        }
        reload();
        checkedNanos = System.nanoTime();
        if (byHash.isEmpty()) {
            log.warn("no API keys: set WINBACK_KEYS_FILE or WINBACK_API_KEY; every request will be refused");
        }
    }

    /** Who holds this key; empty when nobody does. */
    public Optional<ApiKey> find(String key) {
        long now = System.nanoTime();
        if (now - checkedNanos > RELOAD_NANOS) {
            checkedNanos = now;
            reload();
        }
        return Optional.ofNullable(byHash.get(hash(key)));
    }

    private synchronized void reload() {
        Map<String, ApiKey> keys = new HashMap<>(fixed);
        if (file != null) {
            try {
                FileTime modified = Files.exists(file) ? Files.getLastModifiedTime(file) : null;
                if (modified != null && modified.equals(readAt)) {
                    return;
                }
                if (modified != null) {
                    for (StoredKey key : read(file).keys()) {
                        keys.put(key.sha256(), new ApiKey(key.name(), key.role()));
                    }
                }
                readAt = modified;
            } catch (IOException | JacksonException e) {
                // A half-written or damaged file must not lock everybody out: the keys read before stay.
                log.error("cannot read the key file {}: {}", file, e.getMessage());
                return;
            }
        }
        byHash = Map.copyOf(keys);
    }

    private static KeyFile read(Path file) throws IOException {
        return JSON.readValue(Files.readAllBytes(file), KeyFile.class);
    }

    /** Whether the file has a key of this name. */
    public static boolean has(Path file, String name) {
        try {
            return Files.exists(file)
                    && read(file).keys().stream()
                            .anyMatch(stored -> stored.name().equals(name));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    /** Takes the key of this name out of the file; whoever has it is refused from the next second on. */
    public static synchronized void revoke(Path file, String name) {
        try {
            List<StoredKey> keys = new ArrayList<>(read(file).keys());
            keys.removeIf(stored -> stored.name().equals(name));
            write(file, keys);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }

    private static void write(Path file, List<StoredKey> keys) throws IOException {
        writePrivately(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(new KeyFile(keys)));
    }

    /**
     * Adds a key to the file, replacing one of the same name, and returns it. It is not stored anywhere.
     *
     * @param file created with mode 0600 when absent
     */
    public static synchronized String create(Path file, String name, Role role) {
        if (!name.matches("[A-Za-z0-9._-]{1,64}")) {
            throw new IllegalArgumentException(
                    "Invalid key name: letters, digits, '.', '_' and '-', at most 64 characters");
        }
        byte[] secret = new byte[32];
        new SecureRandom().nextBytes(secret);
        String key = "wb_" + Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
        try {
            List<StoredKey> keys =
                    new ArrayList<>(Files.exists(file) ? read(file).keys() : List.of());
            keys.removeIf(stored -> stored.name().equals(name));
            keys.add(new StoredKey(name, role, hash(key)));
            write(file, keys);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
        return key;
    }

    /** Writes a file that only its owner can read, whole or not at all. */
    public static void writePrivately(Path file, String content) throws IOException {
        Path directory = file.toAbsolutePath().getParent();
        Files.createDirectories(directory);
        Path draft = Files.createTempFile(
                directory,
                ".draft",
                null,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(draft, content, StandardOpenOption.TRUNCATE_EXISTING);
        Files.move(draft, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    private static String hash(String key) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}

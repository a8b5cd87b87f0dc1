package winback.standalone.platform;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import winback.chassis.access.ApiKeys;
import winback.chassis.access.Role;
import winback.standalone.cli.CommandFailed;

/**
 * The API keys of a data directory: {@code keys.json} holds all of them hashed, {@code admin.key} the admin's as text, so
 * that {@code ./winback key} can show it. Both are readable by their owner only.
 */
public final class Keys {

    private static final String ADMIN = "admin";
    private static final String INTERNAL = "internal";

    private final Path file;
    private final Path adminFile;
    private final @Nullable String environmentKey;

    public Keys(Path dataDir) {
        this(dataDir, System.getenv("WINBACK_API_KEY"));
    }

    /**
     * @param environmentKey the key that commands use instead of the admin's, null or blank for none
     */
    Keys(Path dataDir, @Nullable String environmentKey) {
        this.file = dataDir.resolve("keys.json");
        this.adminFile = dataDir.resolve("admin.key");
        this.environmentKey = environmentKey == null || environmentKey.isBlank() ? null : environmentKey;
    }

    Path file() {
        return file;
    }

    /** Makes the admin's key unless a good one is there. */
    void requireAdmin() {
        boolean good = Files.exists(file)
                && admin().filter(key -> new ApiKeys(file, null).find(key).isPresent())
                        .isPresent();
        if (!good) {
            try {
                ApiKeys.writePrivately(adminFile, ApiKeys.create(file, ADMIN, Role.ADMIN) + "\n");
            } catch (IOException e) {
                throw new UncheckedIOException("cannot keep the admin key in " + adminFile, e);
            }
        }
    }

    /** A reading key for calls between services, new at each start and kept nowhere but hashed. */
    String newInternal() {
        return ApiKeys.create(file, INTERNAL, Role.READ);
    }

    /** A new key, which is shown once. */
    public String create(String name, Role role) {
        refuseOwn(name);
        if (ApiKeys.has(file, name)) {
            throw new CommandFailed("There is a key named '" + name + "' already. Give the new one another name, and"
                    + " `./winback key revoke " + name + "` when nobody uses the old one any more.");
        }
        return ApiKeys.create(file, name, role);
    }

    /** From the next second on its holder is refused. */
    public void revoke(String name) {
        refuseOwn(name);
        if (!ApiKeys.has(file, name)) {
            throw new CommandFailed("There is no key named '" + name + "'.");
        }
        ApiKeys.revoke(file, name);
    }

    private static void refuseOwn(String name) {
        if (name.equals(ADMIN) || name.equals(INTERNAL)) {
            throw new CommandFailed("The name '" + name + "' is taken by the platform itself.");
        }
    }

    /** The admin's key as text; empty before the first start. */
    public Optional<String> admin() {
        try {
            return Files.exists(adminFile)
                    ? Optional.of(Files.readString(adminFile).strip())
                    : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + adminFile, e);
        }
    }

    /** The key that commands use: the environment's, else the admin's. */
    public String forCommands() {
        if (environmentKey != null) {
            return environmentKey;
        }
        return admin().orElseThrow(() -> new CommandFailed(
                "There is no API key in " + file.getParent() + " yet; `./winback up` makes one at its first start."));
    }
}

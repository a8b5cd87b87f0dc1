package winback.infrastructure;

import com.sun.security.auth.module.UnixSystem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Who PostgreSQL's programs run as. PostgreSQL refuses to run as root, so for root they run in a user namespace of
 * their own, where root's files stay its own but it is nobody in particular; or, where the kernel forbids that (most
 * containers), as {@code nobody}.
 *
 * @param prefix what a command line starts with; empty for an ordinary user
 * @param owner whom the server's files must belong to; null leaves them to the user who runs this
 */
record ServerAccount(List<String> prefix, @Nullable String owner) {

    private static final Duration PROBE = Duration.ofSeconds(10);

    /** What a command answered: its exit code, and what it wrote to both outputs. */
    record Outcome(int exitCode, String output) {}

    /** Tries in turn what works here; throws IllegalStateException if root has no way to run PostgreSQL. */
    static ServerAccount choose() {
        if (!isRoot()) {
            return new ServerAccount(List.of(), null);
        }
        ServerAccount namespace = new ServerAccount(List.of("unshare", "--user"), "root");
        if (namespace.isNotRoot()) {
            return namespace;
        }
        ServerAccount nobody = new ServerAccount(List.of("runuser", "-u", "nobody", "--"), "nobody");
        if (nobody.isNotRoot()) {
            return nobody;
        }
        throw new IllegalStateException("PostgreSQL does not run as root, and neither `unshare --user` nor"
                + " `runuser -u nobody` works here: start as an ordinary user, or install util-linux");
    }

    private static boolean isRoot() {
        boolean windows = System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("windows");
        return !windows && new UnixSystem().getUid() == 0;
    }

    private boolean isNotRoot() {
        try {
            Outcome id = run(PROBE, List.of("id", "-u"));
            return id.exitCode() == 0 && !id.output().strip().equals("0");
        } catch (UncheckedIOException e) {
            return false; // no such program
        }
    }

    /** Whether files in root's home directory and the like are out of the server's reach. */
    boolean isAnotherUser() {
        return "nobody".equals(owner);
    }

    /** Lets the server through the directory to what it owns in it, without showing it what else is there. */
    void letThrough(Path directory) {
        if (!isAnotherUser()) {
            return;
        }
        try {
            Set<PosixFilePermission> permissions = EnumSet.copyOf(Files.getPosixFilePermissions(directory));
            if (permissions.add(PosixFilePermission.OTHERS_EXECUTE)) {
                Files.setPosixFilePermissions(directory, permissions);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot let " + owner + " through " + directory, e);
        }
    }

    /** Makes the server the owner of the file, or of the directory and everything in it, unless it is so already. */
    void own(Path path) {
        if (owner == null) {
            return;
        }
        try {
            UserPrincipal principal =
                    path.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(owner);
            if (Files.getOwner(path).equals(principal)) {
                return;
            }
            try (Stream<Path> all = Files.walk(path)) {
                for (Path each : (Iterable<Path>) all::iterator) {
                    Files.setAttribute(each, "posix:owner", principal, LinkOption.NOFOLLOW_LINKS);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot give " + path + " to " + owner, e);
        }
    }

    /**
     * Runs the command to its end. UncheckedIOException if it cannot be started, IllegalStateException if it outlasts the
     * patience (it is killed then) or the thread is interrupted.
     */
    Outcome run(Duration patience, List<String> command) {
        List<String> line = new ArrayList<>(prefix);
        line.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(line).redirectErrorStream(true);
        // libpq's and the locale's variables would change what the programs do and say.
        builder.environment().keySet().removeIf(name -> name.startsWith("PG") || name.startsWith("LC_"));
        builder.environment().put("LC_ALL", "C");
        try {
            // A file, not a pipe: a server that inherits a pipe would keep it open, and a full one would block.
            Path output = Files.createTempFile("winback-", ".out");
            try {
                Process process = builder.redirectOutput(output.toFile()).start();
                process.getOutputStream().close();
                if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                    process.destroyForcibly();
                    throw new IllegalStateException(
                            "No end of " + command.getFirst() + " after " + patience + ": " + Files.readString(output));
                }
                return new Outcome(process.exitValue(), Files.readString(output));
            } finally {
                Files.deleteIfExists(output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot run " + command.getFirst(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while running " + command.getFirst(), e);
        }
    }
}

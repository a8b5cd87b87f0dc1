package winback.infrastructure;

import java.nio.file.Path;

/** Another live process, or another part of this one, runs on the data directory. */
public final class DataDirectoryInUse extends RuntimeException {

    private final Path directory;
    private final long pid;

    DataDirectoryInUse(Path directory, long pid) {
        super("The data directory " + directory + " is in use by "
                + (pid > 0 ? "the process with pid " + pid : "a process that has not written its pid yet")
                + (pid == ProcessHandle.current().pid() ? " (this one)" : ""));
        this.directory = directory;
        this.pid = pid;
    }

    public Path directory() {
        return directory;
    }

    /** The process that holds the directory; 0 if it has not written its pid yet. */
    public long pid() {
        return pid;
    }
}

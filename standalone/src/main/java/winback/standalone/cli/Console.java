package winback.standalone.cli;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/**
 * Says what goes on. A passing line is overwritten by the next one at a terminal; elsewhere it is printed at most every
 * ten seconds and only when it says something new, so that a captured log stays readable. Thread-safe.
 */
public final class Console {

    private static final long QUIET_NANOS = Duration.ofSeconds(10).toNanos();

    private final PrintStream out;
    private final boolean terminal;
    private int passingLength;
    private String passed = "";
    private long passedAt = System.nanoTime() - QUIET_NANOS;

    /**
     * @param terminal whether the stream ends at a person's terminal
     */
    public Console(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    /** Progress on the error stream; the launcher tells by {@code -Dwinback.terminal=true} that it is a terminal. */
    public static Console progress() {
        return new Console(System.err, Boolean.getBoolean("winback.terminal"));
    }

    /** A line that stays. */
    public synchronized void say(String line) {
        wipe();
        out.println(line);
        out.flush();
    }

    /** As {@link #say(String)}, formatted. */
    public void say(String format, Object... values) {
        say(String.format(Locale.ROOT, format, values));
    }

    /** A line that the next one replaces. */
    public synchronized void passing(String line) {
        if (terminal) {
            wipe();
            out.print(line);
            out.flush();
            passingLength = line.length();
        } else if (System.nanoTime() - passedAt >= QUIET_NANOS && !line.equals(passed)) {
            out.println(line);
            out.flush();
            passed = line;
            passedAt = System.nanoTime();
        }
    }

    private void wipe() {
        if (passingLength > 0) {
            out.print("\r" + " ".repeat(passingLength) + "\r");
            passingLength = 0;
        }
    }

    /** The time since then, such as {@code 4.2 s}. */
    public static String since(long startNanos) {
        return String.format(Locale.ROOT, "%.1f s", (System.nanoTime() - startNanos) / 1e9);
    }
}

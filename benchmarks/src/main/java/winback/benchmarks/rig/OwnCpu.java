package winback.benchmarks.rig;

import java.lang.management.ManagementFactory;

/** What this process takes of the machine's processors, from when this is made. */
public final class OwnCpu {

    private final long cpuNanos = cpuNanos();
    private final long startNanos = System.nanoTime();

    /** In [0, 1] of all cores. */
    public double share() {
        double elapsed = System.nanoTime() - startNanos;
        return (cpuNanos() - cpuNanos) / elapsed / Runtime.getRuntime().availableProcessors();
    }

    private static long cpuNanos() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean os
                ? os.getProcessCpuTime()
                : 0;
    }
}

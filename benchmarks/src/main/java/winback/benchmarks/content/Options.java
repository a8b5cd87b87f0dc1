package winback.benchmarks.content;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import winback.benchmarks.rig.CommandLine;
import winback.benchmarks.rig.Report;

/**
 * @param seconds that each figure is measured for, after as many of warm-up
 */
record Options(int seconds, boolean json) {

    enum Part implements Report.Part {
        RENDER;

        @Override
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** @throws IllegalArgumentException if they are wrong; the message says how */
    static Options parse(List<String> args) {
        CommandLine line = CommandLine.parse(args, Set.of("only", "seconds", "home"));
        line.parts(Part.values());
        return new Options(line.number("seconds", 3, 1, 600), line.json());
    }
}

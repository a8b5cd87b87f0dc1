package winback.benchmarks.content;

import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import winback.content.brief.Brief;
import winback.content.brief.DemoBrief;
import winback.content.composer.Composer;
import winback.content.drafts.Draft;
import winback.content.drafts.Request;
import winback.content.drafts.Style;
import winback.content.templates.MailTemplate;

/** Whole mails of the composer, by turns, from inputs to the JSON that the path answers with. */
@State(Scope.Benchmark)
public class RenderingBenchmark {

    private static final LocalDate TODAY = LocalDate.of(2026, 11, 27);
    private static final int MAILS = 30;

    @Param("usual")
    public String reader = "";

    @Param("en")
    public String language = "";

    private MailTemplate[] mails;
    private Map<String, Object> inputs;

    /** Where a thread is. */
    @State(Scope.Thread)
    public static class Place {
        private int mail;
    }

    @SuppressWarnings("NullAway.Init") // JMH calls write before anything else
    public RenderingBenchmark() {}

    @Setup
    public void write() throws MailTemplate.Fault {
        Brief brief = DemoBrief.on(TODAY);
        List<Draft> drafts = new Composer()
                .write(brief, new Request(language, MAILS, 1, Style.of(brief.tone()), "lapsed"), TODAY)
                .drafts();
        mails = new MailTemplate[drafts.size()];
        for (int i = 0; i < mails.length; i++) {
            mails[i] = MailTemplate.compile(drafts.get(i).source(), language);
        }
        inputs = new HashMap<>();
        inputs.put("subscriber", Reader.valueOf(reader.toUpperCase(Locale.ROOT)).traits());
        inputs.put("campaign", Map.of("id", "demo", "name", "Demo", "language", language));
        inputs.put(
                "links",
                Map.of(
                        "cta", "https://casalumbre.example/?wb_decision=019b0000-0000-7000-8000-000000000000",
                        "unsubscribe", "https://casalumbre.example/u/019b0000-0000-7000-8000-000000000000"));
    }

    @Benchmark
    @BenchmarkMode(Mode.SampleTime)
    @OutputTimeUnit(TimeUnit.NANOSECONDS)
    public Object render(Place place) {
        return mails[place.mail++ % mails.length].renderJson(inputs);
    }
}

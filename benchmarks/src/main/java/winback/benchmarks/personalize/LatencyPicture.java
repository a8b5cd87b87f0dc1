package winback.benchmarks.personalize;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jfree.chart.ChartUtils;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.LogAxis;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.NumberTickUnit;
import org.jfree.chart.plot.ValueMarker;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.data.xy.XYSeries;
import org.jfree.data.xy.XYSeriesCollection;
import winback.benchmarks.load.HttpLoad;
import winback.benchmarks.personalize.StepsMeasurement.Step;

/** Latency against arrivals, p50 and p99, ours and the reference's. Needs no display. */
final class LatencyPicture {

    private static final int WIDTH = 1_100;
    private static final int HEIGHT = 620;

    /** Told apart by those who see no red or green as well (M. Okabe, K. Ito, Color Universal Design, 2008). */
    private static final Color OURS = new Color(0x0072B2);

    private static final Color REFERENCE = new Color(0xD55E00);
    private static final Color GRID = new Color(0xE4E4E4);
    private static final BasicStroke WHOLE = new BasicStroke(2.6f);
    private static final BasicStroke DASHED =
            new BasicStroke(2f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_BEVEL, 1, new float[] {7, 5}, 0);

    /** What p99 at half of the peak has to stay below. */
    private static final double LIMIT_MILLIS = 5;

    private LatencyPicture() {}

    static void write(List<Step> steps, Path file) throws IOException {
        System.setProperty("java.awt.headless", "true");
        XYSeriesCollection lines = new XYSeriesCollection();
        lines.addSeries(line("personalisation, p99", steps, Step::ours, 99));
        lines.addSeries(line("personalisation, p50", steps, Step::ours, 50));
        lines.addSeries(line("reference, p99", steps, Step::reference, 99));
        lines.addSeries(line("reference, p50", steps, Step::reference, 50));
        XYLineAndShapeRenderer renderer = new XYLineAndShapeRenderer(true, true);
        for (int i = 0; i < lines.getSeriesCount(); i++) {
            renderer.setSeriesPaint(i, i < 2 ? OURS : REFERENCE);
            renderer.setSeriesStroke(i, i % 2 == 0 ? WHOLE : DASHED);
        }
        LogAxis millis = new LogAxis("latency from when each was due, ms");
        millis.setBase(2);
        millis.setTickUnit(new NumberTickUnit(1));
        millis.setNumberFormatOverride(new java.text.DecimalFormat("0.###"));
        NumberAxis arrivals = new NumberAxis("arrivals a second (10, 25, 50, 75 and 90 % of the peak)");
        arrivals.setNumberFormatOverride(java.text.NumberFormat.getIntegerInstance(Locale.ROOT));
        XYPlot plot = new XYPlot(lines, arrivals, millis, renderer);
        plot.setBackgroundPaint(Color.WHITE);
        plot.setDomainGridlinePaint(GRID);
        plot.setRangeGridlinePaint(GRID);
        plot.addRangeMarker(new ValueMarker(LIMIT_MILLIS, Color.GRAY, DASHED));
        JFreeChart chart = new JFreeChart(
                "Personalisation beside an answer that is there already",
                new Font(Font.SANS_SERIF, Font.BOLD, 18),
                plot,
                true);
        chart.setBackgroundPaint(Color.WHITE);
        try (OutputStream to = Files.newOutputStream(file)) {
            ChartUtils.writeChartAsPNG(to, chart, WIDTH, HEIGHT);
        }
    }

    private static XYSeries line(
            String name, List<Step> steps, Function<Step, HttpLoad.Result> which, double percentile) {
        XYSeries line = new XYSeries(name);
        steps.forEach(step -> line.add(step.perSecond(), which.apply(step).millis(percentile)));
        return line;
    }
}

package winback.standalone.evaluation;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.Shape;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.imageio.ImageIO;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.CategoryAxis;
import org.jfree.chart.axis.LogarithmicAxis;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.NumberTickUnit;
import org.jfree.chart.axis.ValueAxis;
import org.jfree.chart.block.BlockBorder;
import org.jfree.chart.plot.CategoryPlot;
import org.jfree.chart.plot.Plot;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.category.BarRenderer;
import org.jfree.chart.renderer.category.StandardBarPainter;
import org.jfree.chart.renderer.xy.XYErrorRenderer;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.chart.ui.RectangleInsets;
import org.jfree.data.category.DefaultCategoryDataset;
import org.jfree.data.xy.XYIntervalSeries;
import org.jfree.data.xy.XYIntervalSeriesCollection;
import org.jfree.data.xy.XYSeries;
import org.jfree.data.xy.XYSeriesCollection;
import tools.jackson.databind.JsonNode;

/**
 * An evaluation's result as one picture of three panels: for an outcome the ROC, reliability and gain of all methods; for
 * money its gain, its calibration by tenths of the customers, and the totals of the tenths. Needs no display.
 */
final class Picture {

    private static final int WIDTH = 1_800;
    private static final int HEIGHT = 760;
    private static final int HEAD = 80;
    private static final double MARGIN = 12;

    private static final String SERVED = "served";
    private static final String DIAGONAL = "";

    /** Told apart by those who see no red or green as well (M. Okabe, K. Ito, Color Universal Design, 2008). */
    private static final Map<String, Color> COLOURS = Map.of(
            SERVED,
            new Color(0x0072B2),
            "recipe",
            new Color(0xD55E00),
            "bg-nbd",
            new Color(0x009E73),
            "recency",
            new Color(0xCC79A7),
            "base-rate",
            new Color(0x777777),
            "best possible",
            new Color(0xAAAAAA),
            DIAGONAL,
            new Color(0xBBBBBB));

    private static final Color OTHER = new Color(0xE69F00);
    private static final Color INK = new Color(0x222222);
    private static final Color GRID = new Color(0xE4E4E4);
    private static final BasicStroke THIN = new BasicStroke(1.6f);
    private static final BasicStroke THICK = new BasicStroke(3.2f);
    private static final BasicStroke DASHED =
            new BasicStroke(1.4f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_BEVEL, 1, new float[] {6, 5}, 0);
    private static final Shape DOT = new Ellipse2D.Double(-3.5, -3.5, 7, 7);

    private Picture() {}

    /**
     * @param result of an evaluation, with its {@code reliability} and {@code curves}
     * @throws IOException when the file cannot be written
     * @throws NoFonts when this machine has none to write axes with
     */
    static void write(JsonNode result, Path file) throws IOException {
        System.setProperty("java.awt.headless", "true");
        requireFonts();
        BufferedImage image = of(result);
        if (!ImageIO.write(image, "png", file.toFile())) {
            throw new IOException("this Java cannot write PNG");
        }
    }

    private static void requireFonts() {
        Graphics2D g = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB).createGraphics();
        try {
            g.setFont(font(Font.PLAIN, 12));
            g.getFontMetrics().stringWidth("n");
        } catch (LinkageError | InternalError | RuntimeException failure) {
            throw new NoFonts(failure);
        } finally {
            g.dispose();
        }
    }

    /** Java draws letters by way of fontconfig, freetype and a font of the system. */
    static final class NoFonts extends RuntimeException {

        private static final long serialVersionUID = 1;

        NoFonts(Throwable cause) {
            super(cause);
        }
    }

    private static BufferedImage of(JsonNode result) {
        BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
        Graphics2D g = image.createGraphics();
        g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        g.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        g.setColor(Color.WHITE);
        g.fillRect(0, 0, WIDTH, HEIGHT);
        g.setColor(INK);
        g.setFont(font(Font.BOLD, 26));
        g.drawString(title(result), 28, 38);
        g.setFont(font(Font.PLAIN, 18));
        g.drawString(subtitle(result), 28, 66);
        List<JFreeChart> panels = money(result)
                ? List.of(gain(result), calibration(result), totals(result))
                : List.of(roc(result), calibration(result), gain(result));
        double width = (double) WIDTH / panels.size();
        for (int i = 0; i < panels.size(); i++) {
            panels.get(i)
                    .draw(
                            g,
                            new Rectangle2D.Double(
                                    i * width + MARGIN, HEAD, width - 2 * MARGIN, HEIGHT - HEAD - MARGIN));
        }
        g.dispose();
        return image;
    }

    private static boolean money(JsonNode result) {
        return result.path("task").asString().equals("value");
    }

    private static String title(JsonNode result) {
        JsonNode split = result.path("split");
        String days = split.path("horizonDays").asString("");
        return switch (result.path("task").asString()) {
            case "value" ->
                "Value: money within %s days after %s"
                        .formatted(days, split.path("testCutoff").asString(""));
            case "churn" ->
                "Churn: no order within %s days after %s"
                        .formatted(days, split.path("testCutoff").asString(""));
            default ->
                "Engagement: %s of %s, learned from %s"
                        .formatted(
                                split.path("label").asString(""),
                                split.path("test").asString(""),
                                split.path("table").asString(""));
        };
    }

    private static String subtitle(JsonNode result) {
        double sum = 0;
        long n = 0;
        for (JsonNode tenth : result.path("reliability").path(SERVED).values()) {
            sum += tenth.path("observed").asDouble() * tenth.path("n").asLong();
            n += tenth.path("n").asLong();
        }
        JsonNode served = method(result, SERVED);
        return money(result)
                ? String.format(
                        Locale.ROOT,
                        "n = %,d, mean spend %.2f. Served: Gini %.3f, RMSE %.2f, predicted ÷ actual total %.2f",
                        n,
                        sum / n,
                        served.path("gini").asDouble(Double.NaN),
                        served.path("rmse").asDouble(Double.NaN),
                        served.path("ratio").asDouble(Double.NaN))
                : String.format(
                        Locale.ROOT,
                        "n = %,d, base rate %.1f %%. Served: AUC %.3f, Brier score %.4f, calibration error %.4f",
                        n,
                        100 * sum / n,
                        served.path("auc").asDouble(Double.NaN),
                        served.path("brier").asDouble(Double.NaN),
                        served.path("ece").asDouble(Double.NaN));
    }

    private static JsonNode method(JsonNode result, String name) {
        for (JsonNode method : result.path("methods").values()) {
            if (method.path("name").asString().equals(name)) {
                return method;
            }
        }
        return result.path("no such method");
    }

    private static JFreeChart roc(JsonNode result) {
        return chart(
                "ROC",
                lines(
                        result.path("curves").path("roc"),
                        share("share of the others taken"),
                        share("share of those with the outcome found")));
    }

    private static JFreeChart gain(JsonNode result) {
        return chart(
                "Cumulative gain",
                lines(
                        result.path("curves").path("gain"),
                        share("share, highest score first"),
                        share(money(result) ? "share of the money that came" : "share of those with the outcome")));
    }

    /** What knows nothing is the diagonal, and is not drawn over it. */
    private static XYPlot lines(JsonNode curves, ValueAxis x, ValueAxis y) {
        XYSeriesCollection series = new XYSeriesCollection();
        Map<String, JsonNode> drawn = new LinkedHashMap<>();
        // The first is drawn last, over the others.
        if (curves.has(SERVED)) {
            drawn.put(SERVED, curves.path(SERVED));
        }
        curves.properties().forEach(curve -> drawn.put(curve.getKey(), curve.getValue()));
        drawn.values().removeIf(points -> points.size() <= 2);
        for (Map.Entry<String, JsonNode> curve : drawn.entrySet()) {
            XYSeries line = new XYSeries(curve.getKey(), false);
            curve.getValue()
                    .forEach(point ->
                            line.add(point.path(0).asDouble(), point.path(1).asDouble()));
            series.addSeries(line);
        }
        XYPlot plot = plot(x, y);
        XYLineAndShapeRenderer renderer = new XYLineAndShapeRenderer(true, false);
        for (int i = 0; i < series.getSeriesCount(); i++) {
            String name = String.valueOf(series.getSeriesKey(i));
            renderer.setSeriesPaint(i, COLOURS.getOrDefault(name, OTHER));
            renderer.setSeriesStroke(i, name.equals(SERVED) ? THICK : name.startsWith("best") ? DASHED : THIN);
        }
        plot.setDataset(0, series);
        plot.setRenderer(0, renderer);
        diagonal(plot, 1);
        return plot;
    }

    /** Mean prediction against what came, by tenths; the interval of what is served. */
    private static JFreeChart calibration(JsonNode result) {
        boolean money = money(result);
        XYSeriesCollection others = new XYSeriesCollection();
        XYIntervalSeriesCollection served = new XYIntervalSeriesCollection();
        double most = 0;
        for (Map.Entry<String, JsonNode> method : result.path("reliability").properties()) {
            boolean own = method.getKey().equals(SERVED);
            XYSeries line = new XYSeries(method.getKey(), false);
            XYIntervalSeries intervals = new XYIntervalSeries(SERVED + ", 95 % interval", false, true);
            for (JsonNode tenth : method.getValue().values()) {
                double x = tenth.path("predicted").asDouble();
                double y = tenth.path("observed").asDouble();
                line.add(x, y);
                intervals.add(
                        x,
                        x,
                        x,
                        y,
                        tenth.path("lower").asDouble(y),
                        tenth.path("upper").asDouble(y));
                most = Math.max(most, Math.max(x, tenth.path("upper").asDouble(y)));
            }
            if (own) {
                served.addSeries(intervals);
            } else {
                others.addSeries(line);
            }
        }
        XYPlot plot = money
                ? plot(logarithmic("predicted mean, by tenth", most), logarithmic("mean that came", most))
                : plot(share("predicted probability, mean of a tenth"), share("share with the outcome"));
        XYErrorRenderer bars = new XYErrorRenderer();
        bars.setDrawXError(false);
        bars.setDefaultLinesVisible(true);
        bars.setSeriesPaint(0, COLOURS.get(SERVED));
        bars.setSeriesStroke(0, THICK);
        bars.setSeriesShape(0, DOT);
        bars.setErrorStroke(THIN);
        plot.setDataset(0, served);
        plot.setRenderer(0, bars);
        XYLineAndShapeRenderer renderer = new XYLineAndShapeRenderer(true, true);
        for (int i = 0; i < others.getSeriesCount(); i++) {
            String name = String.valueOf(others.getSeriesKey(i));
            renderer.setSeriesPaint(i, COLOURS.getOrDefault(name, OTHER));
            renderer.setSeriesStroke(i, THIN);
            renderer.setSeriesShape(i, DOT);
        }
        plot.setDataset(1, others);
        plot.setRenderer(1, renderer);
        diagonal(plot, money ? most : 1);
        return chart(money ? "Calibration by tenths of the customers" : "Reliability by tenths", plot);
    }

    private static JFreeChart totals(JsonNode result) {
        DefaultCategoryDataset bars = new DefaultCategoryDataset();
        int place = 0;
        for (JsonNode tenth : result.path("reliability").path(SERVED).values()) {
            String name = String.valueOf(++place);
            long n = tenth.path("n").asLong();
            bars.addValue(tenth.path("predicted").asDouble() * n, SERVED + ": predicted", name);
            bars.addValue(tenth.path("observed").asDouble() * n, "came", name);
        }
        BarRenderer renderer = new BarRenderer();
        renderer.setBarPainter(new StandardBarPainter());
        renderer.setShadowVisible(false);
        renderer.setItemMargin(.05);
        renderer.setSeriesPaint(0, COLOURS.get(SERVED));
        renderer.setSeriesPaint(1, new Color(0xAAAAAA));
        CategoryAxis categories = new CategoryAxis("tenth of the customers, lowest prediction first");
        categories.setLabelFont(font(Font.PLAIN, 15));
        categories.setTickLabelFont(font(Font.PLAIN, 13));
        NumberAxis money = new NumberAxis("total in the currency of the orders");
        style(money);
        CategoryPlot plot = new CategoryPlot(bars, categories, money, renderer);
        plot.setBackgroundPaint(Color.WHITE);
        plot.setRangeGridlinePaint(GRID);
        return chart("Totals by tenths of the customers", plot);
    }

    private static void diagonal(XYPlot plot, double to) {
        XYSeries line = new XYSeries(DIAGONAL, false);
        line.add(0, 0);
        line.add(to, to);
        XYLineAndShapeRenderer renderer = new XYLineAndShapeRenderer(true, false);
        renderer.setSeriesPaint(0, COLOURS.get(DIAGONAL));
        renderer.setSeriesStroke(0, DASHED);
        renderer.setSeriesVisibleInLegend(0, false);
        int index = plot.getDatasetCount();
        plot.setDataset(index, new XYSeriesCollection(line));
        plot.setRenderer(index, renderer);
    }

    private static XYPlot plot(ValueAxis x, ValueAxis y) {
        XYPlot plot = new XYPlot(null, x, y, null);
        plot.setBackgroundPaint(Color.WHITE);
        plot.setDomainGridlinePaint(GRID);
        plot.setRangeGridlinePaint(GRID);
        return plot;
    }

    private static ValueAxis share(String name) {
        NumberAxis axis = new NumberAxis(name);
        axis.setRange(0, 1);
        axis.setTickUnit(new NumberTickUnit(.1));
        style(axis);
        return axis;
    }

    /** Straight below 10, since a tenth may have spent nothing; logarithmic above. */
    private static ValueAxis logarithmic(String name, double to) {
        LogarithmicAxis axis = new LogarithmicAxis(name);
        axis.setAllowNegativesFlag(true);
        axis.setLog10TickLabelsFlag(false);
        axis.setExpTickLabelsFlag(false);
        axis.setRange(0, to * 1.1 + 1e-9);
        style(axis);
        return axis;
    }

    private static void style(ValueAxis axis) {
        axis.setLabelFont(font(Font.PLAIN, 15));
        axis.setTickLabelFont(font(Font.PLAIN, 13));
    }

    private static JFreeChart chart(String title, Plot plot) {
        plot.setOutlineVisible(false);
        JFreeChart chart = new JFreeChart(title, font(Font.BOLD, 19), plot, true);
        chart.setBackgroundPaint(Color.WHITE);
        // Room for the half of the last tick's label that stands out.
        chart.setPadding(new RectangleInsets(4, 4, 4, 18));
        chart.getTitle().setPaint(INK);
        chart.getLegend().setItemFont(font(Font.PLAIN, 15));
        chart.getLegend().setFrame(BlockBorder.NONE);
        return chart;
    }

    private static Font font(int style, int size) {
        return new Font(Font.SANS_SERIF, style, size);
    }
}

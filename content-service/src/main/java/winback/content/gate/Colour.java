package winback.content.gate;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A colour of a style sheet.
 *
 * @param rgb eight bits each
 * @param alpha in [0, 1]
 */
record Colour(int rgb, double alpha) {

    static final Colour BLACK = new Colour(0, 1);
    static final Colour WHITE = new Colour(0xFFFFFF, 1);
    static final Colour NIGHT = new Colour(0x121212, 1);

    private static final Pattern FUNCTION = Pattern.compile("(rgb|hsl)a?\\(([^()]*)\\)");
    private static final Pattern PART = Pattern.compile("(-?\\d*\\.?\\d+)(%|deg)?");

    /** By name. */
    private static final Map<String, Integer> NAMED = named();

    private static Map<String, Integer> named() {
        Map<String, Integer> named = new HashMap<>();
        String[] words = String.join(" ", Lexicon.lines("colours.txt")).split("\\s+", -1);
        for (int i = 0; i + 1 < words.length; i += 2) {
            named.put(words[i], Integer.parseInt(words[i + 1], 16));
        }
        return named;
    }

    /** Null for what is not a colour that is known here, such as {@code inherit} or a space of its own. */
    static @Nullable Colour of(String written) {
        String text = written.strip().toLowerCase(Locale.ROOT);
        if (text.equals("transparent")) {
            return new Colour(0, 0);
        }
        if (text.matches("#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})")) {
            return hexadecimal(text.substring(1));
        }
        Matcher function = FUNCTION.matcher(text);
        if (function.matches()) {
            return function(function.group(1), function.group(2));
        }
        Integer named = NAMED.get(text);
        return named == null ? null : new Colour(named, 1);
    }

    private static Colour hexadecimal(String digits) {
        String all = digits.length() < 6 ? digits.replaceAll("(.)", "$1$1") : digits;
        return new Colour(
                Integer.parseInt(all.substring(0, 6), 16),
                all.length() == 8 ? Integer.parseInt(all.substring(6), 16) / 255. : 1);
    }

    private static @Nullable Colour function(String name, String arguments) {
        double[] parts = new double[4];
        boolean[] shares = new boolean[4];
        int n = 0;
        Matcher part = PART.matcher(arguments);
        for (; n < parts.length && part.find(); n++) {
            parts[n] = Double.parseDouble(part.group(1));
            shares[n] = "%".equals(part.group(2));
        }
        if (n < 3) {
            return null;
        }
        double alpha = n == 3 ? 1 : shares[3] ? parts[3] / 100 : parts[3];
        if (name.equals("hsl")) {
            return new Colour(ofHue(parts[0], parts[1] / 100, parts[2] / 100), alpha);
        }
        int rgb = 0;
        for (int i = 0; i < 3; i++) {
            double value = shares[i] ? 2.55 * parts[i] : parts[i];
            rgb = rgb << 8 | (int) Math.round(Math.clamp(value, 0, 255));
        }
        return new Colour(rgb, alpha);
    }

    /** As CSS Color 4, section 7.1. */
    private static int ofHue(double degrees, double saturation, double lightness) {
        double a = saturation * Math.min(lightness, 1 - lightness);
        int rgb = 0;
        for (int n : new int[] {0, 8, 4}) {
            double k = (n + degrees / 30 + 120) % 12;
            double value = lightness - a * Math.max(-1, Math.min(Math.min(k - 3, 9 - k), 1));
            rgb = rgb << 8 | (int) Math.round(Math.clamp(255 * value, 0, 255));
        }
        return rgb;
    }

    /** So that nobody could tell them apart: as bright, and no other hue. */
    boolean isLike(Colour other) {
        int most = 0;
        for (int shift : new int[] {0, 8, 16}) {
            most = Math.max(most, Math.abs((rgb >> shift & 0xFF) - (other.rgb >> shift & 0xFF)));
        }
        return contrast(other) < 1.1 && most < 24;
    }

    /** 1 to 21, as WCAG 2.2 counts: text that is meant to be read has 4.5. */
    double contrast(Colour other) {
        double a = luminance();
        double b = other.luminance();
        return (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    }

    private double luminance() {
        return .2126 * linear(rgb >> 16 & 0xFF) + .7152 * linear(rgb >> 8 & 0xFF) + .0722 * linear(rgb & 0xFF);
    }

    private static double linear(int part) {
        double share = part / 255.;
        return share <= .04045 ? share / 12.92 : Math.pow((share + .055) / 1.055, 2.4);
    }
}

package winback.content;

import java.text.Normalizer;
import java.util.regex.Pattern;

/** Text as UTF-8 and a line can carry it. */
public final class PlainText {

    private PlainText() {}

    private static final Pattern ACCENT = Pattern.compile("\\p{M}");

    /** As it is looked up where accents do not matter: <em>dirección</em> as <em>direccion</em>. */
    public static String withoutAccents(String text) {
        return ACCENT.matcher(Normalizer.normalize(text, Normalizer.Form.NFD)).replaceAll("");
    }

    /** Whether it has neither controls nor halves of surrogate pairs, which on their way become another text. */
    public static boolean is(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean paired = !Character.isSurrogate(c)
                    || Character.isHighSurrogate(c)
                            && i + 1 < text.length()
                            && Character.isLowSurrogate(text.charAt(++i));
            if (Character.isISOControl(c) || !paired) {
                return false;
            }
        }
        return true;
    }
}

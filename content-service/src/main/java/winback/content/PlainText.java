package winback.content;

/** Text as UTF-8 and a line can carry it. */
public final class PlainText {

    private PlainText() {}

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

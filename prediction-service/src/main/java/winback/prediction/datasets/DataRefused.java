package winback.prediction.datasets;

/** The data does not carry what was asked for; the message says why, in a sentence for people. */
public final class DataRefused extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final String sentence;

    public DataRefused(String sentence) {
        super(sentence);
        this.sentence = sentence;
    }

    public String sentence() {
        return sentence;
    }
}

package winback.content.gate;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jsoup.nodes.Element;

/**
 * How well a mail is made, 0 to 100, as docs/content.md publishes it. What may not be said is the gate's, not the rubric's.
 * Readability: Flesch's reading ease (R. Flesch, A new readability yardstick, 1948) in English, its Spanish form by
 * J. Fernández Huerta (Medidas sencillas de lecturabilidad, 1959); both grow with ease, 60 is plain.
 */
final class Rubric {

    private static final ByLanguage<Lexicon> SPAM =
            ByLanguage.of(language -> Lexicon.read("spam." + language + ".txt"));
    private static final ByLanguage<Lexicon> URGENCY = ByLanguage.of(Rubric::urgency);

    private static final Pattern SHOUTED = Pattern.compile("(?<![\\p{L}\\p{N}])\\p{Lu}{4,}(?![\\p{L}\\p{N}])");
    private static final Pattern WORD = Pattern.compile("[\\p{L}']+");
    private static final Pattern VOWELS = Pattern.compile("[aeiouyáéíóúü]+", Pattern.CASE_INSENSITIVE);
    private static final Pattern SENTENCE = Pattern.compile("[.!?…:]+(?:\\s|$)|\\n+");
    private static final int CLIPPED_BYTES = 102_000;
    private static final int LIGHT_BYTES = 30_000;

    private Rubric() {}

    private static Lexicon urgency(String language) {
        return Lexicon.of(Lexicon.lines("urgency." + language + ".txt").stream()
                .map(line -> line.startsWith("= ") ? line.substring(2) : line)
                .toList());
    }

    static Map<String, Integer> points(ReadMail mail) {
        Map<String, Integer> points = new LinkedHashMap<>();
        String language = mail.draft().language();
        points.put("spamSignals", spamSignals(mail, language));
        points.put("length", length(mail));
        points.put("readability", readability(body(mail), language));
        points.put("oneAction", oneAction(mail));
        points.put("honestUrgency", honestUrgency(mail, language));
        points.put("truncation", truncation(mail));
        points.put("weight", weight(mail));
        return points;
    }

    private static int within(double points, int most) {
        return (int) Math.round(Math.max(0, Math.min(most, points)));
    }

    /** Of 25: what shouts, and what filters know. */
    private static int spamSignals(ReadMail mail, String language) {
        double lost = 0;
        for (String name : List.of(ReadMail.SUBJECT, ReadMail.PREHEADER, ReadMail.TEXT, ReadMail.LABEL, ReadMail.PS)) {
            String words = mail.unnamed(name);
            int weight = name.equals(ReadMail.SUBJECT) ? 2 : 1;
            lost += 3 * weight * SPAM.in(language).in(words).size();
            Matcher shouted = SHOUTED.matcher(words);
            while (shouted.find()) {
                lost += name.equals(ReadMail.SUBJECT) ? 6 : 1;
            }
            long marks = words.chars().filter(c -> c == '!').count();
            lost += weight * 2. * Math.max(0, marks - 1) + (words.matches("(?s).*[!?$€]{2,}.*") ? 4 : 0);
        }
        long emoji = mail.unnamed(ReadMail.SUBJECT)
                .codePoints()
                .filter(Character::isEmojiPresentation)
                .count();
        return within(25 - lost - 4 * Math.max(0, emoji - 1), 25);
    }

    /** Of 15: what is read on a telephone without scrolling far. */
    private static int length(ReadMail mail) {
        int subject = mail.unnamed(ReadMail.SUBJECT).length();
        int preheader = mail.unnamed(ReadMail.PREHEADER).length();
        int words = Math.max(words(body(mail)).size(), htmlWords(mail));
        double points = subject >= 12 && subject <= 50 ? 6 : subject <= 70 && subject >= 6 ? 4 : 1;
        points += preheader >= 20 && preheader <= 110 ? 3 : preheader > 0 ? 2 : 0;
        points += words >= 30 && words <= 180 ? 6 : words >= 15 && words <= 300 ? 4 : 1;
        return within(points, 15);
    }

    /** Of 15; all of them from a reading ease of 60 on. */
    private static int readability(String text, String language) {
        return within(15 * (ease(text, language) - 20) / 40, 15);
    }

    private static double ease(String text, String language) {
        List<String> words = words(text);
        if (words.isEmpty()) {
            return 0;
        }
        long sentences = SENTENCE.splitAsStream(text)
                .filter(part -> WORD.matcher(part).find())
                .count();
        double syllables =
                words.stream().mapToInt(word -> syllables(word, language)).sum();
        double perSentence = (double) words.size() / Math.max(1, sentences);
        double perWord = syllables / words.size();
        return language.equals("es")
                ? 206.84 - 60 * perWord - 1.02 * perSentence
                : 206.835 - 84.6 * perWord - 1.015 * perSentence;
    }

    private static int syllables(String word, String language) {
        int groups = (int) VOWELS.matcher(word).results().count();
        boolean silent = language.equals("en")
                && word.length() > 3
                && (word.endsWith("e") || word.endsWith("ed"))
                && !word.endsWith("le");
        return Math.max(1, silent ? groups - 1 : groups);
    }

    /** Of 15: one thing to do, said in a few words. */
    private static int oneAction(ReadMail mail) {
        int label = words(mail.unnamed(ReadMail.LABEL)).size();
        double points = label >= 1 && label <= 6 ? 7 : 2;
        long places = mail.documents().isEmpty()
                ? 0
                : mail.documents().getFirst().select("a[href]").stream()
                        .map(link -> link.attr("href"))
                        .filter(href -> !href.startsWith(ReadMail.UNSUBSCRIBE))
                        .distinct()
                        .count();
        return within(points + (places == 1 ? 8 : places == 0 ? 0 : Math.max(0, 8 - 2 * (places - 1))), 15);
    }

    /** Of 10: urgency wears off; where it is not true the gate has blocked it. */
    private static int honestUrgency(ReadMail mail, String language) {
        int hurry = 0;
        for (String name : List.of(ReadMail.SUBJECT, ReadMail.PREHEADER, ReadMail.TEXT, ReadMail.PS)) {
            hurry += URGENCY.in(language).in(mail.unnamed(name)).size();
        }
        return within(10 - 3. * Math.max(0, hurry - 1), 10);
    }

    /** Of 10: what an inbox shows of it. */
    private static int truncation(ReadMail mail) {
        String subject = mail.unnamed(ReadMail.SUBJECT);
        String preheader = mail.unnamed(ReadMail.PREHEADER);
        double points = subject.length() <= 45 ? 5 : subject.length() <= 60 ? 4 : 1;
        boolean repeats = preheader.equalsIgnoreCase(subject);
        points += preheader.isBlank() || repeats ? 0 : preheader.length() <= 90 ? 5 : 4;
        return within(points, 10);
    }

    /** Of 10: bytes of HTML, of which mailboxes clip what is beyond 102 kB, and a text part that says the same. */
    private static int weight(ReadMail mail) {
        int bytes = mail.sources().getOrDefault(ReadMail.HTML, "").length();
        double points =
                bytes <= LIGHT_BYTES ? 6 : 6. * Math.max(0, CLIPPED_BYTES - bytes) / (CLIPPED_BYTES - LIGHT_BYTES);
        int html = words(mail.unnamed(ReadMail.HTML)).size();
        int text = words(mail.unnamed(ReadMail.TEXT)).size();
        points += text >= .6 * html && text <= 1.7 * html ? 4 : text > 0 ? 2 : 0;
        boolean described = mail.documents().stream()
                .flatMap(document -> document.select("img").stream())
                .map((Element image) -> image.attr("alt"))
                .noneMatch(String::isBlank);
        return within(points - (described ? 0 : 2), 10);
    }

    /** Where what stands below the text part begins: its rule, or its end. */
    private static int rule(String text) {
        int rule = text.indexOf("\n--");
        return rule < 0 ? text.length() : rule;
    }

    private static String body(ReadMail mail) {
        String text = mail.unnamed(ReadMail.TEXT);
        return text.substring(0, rule(text)).replaceAll("https?://\\S+", " ");
    }

    /** Of the HTML part, less those that stand below the text part's rule. */
    private static int htmlWords(ReadMail mail) {
        String text = mail.unnamed(ReadMail.TEXT);
        return words(mail.unnamed(ReadMail.HTML)).size()
                - words(text.substring(rule(text))).size();
    }

    private static List<String> words(String text) {
        return WORD.matcher(text).results().map(match -> match.group()).collect(Collectors.toList());
    }
}

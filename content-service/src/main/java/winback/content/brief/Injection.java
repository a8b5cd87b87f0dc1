package winback.content.brief;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sentences that are meant for a language model rather than for a reader. */
public final class Injection {

    private static final Pattern ANY = Pattern.compile(
            "(?:ignore|disregard|forget|override|bypass)\\b.{0,30}\\b(?:previous|prior|above|earlier|all|any|your|the)\\b.{0,20}\\b(?:instruction|prompt|rule|guideline|direction|brief|polic|context)\\w*"
                    + "|(?:ignora|olvida|omite|desobedece|salta|haz caso omiso)\\w*\\b.{0,40}\\b(?:instrucci|indicaci|regla|norma|orden|directri|mensaje|brief)\\w*"
                    + "|\\b(?:system|developer)\\s*(?:prompt|message|instruction)s?\\b|\\b(?:mensaje|prompt|instrucciones)\\s+del\\s+sistema\\b"
                    + "|\\bas an? (?:ai|llm|language model|artificial intelligence)\\b|\\bcomo (?:modelo de lenguaje|inteligencia artificial|ia)\\b"
                    + "|\\byou are (?:now|no longer)\\b.{0,40}\\b(?:assistant|ai|model|bot|dan|gpt|unrestricted|jailbroken)\\b"
                    + "|\\b(?:ahora eres|actúa como|actua como)\\b.{0,40}\\b(?:asistente|ia|modelo|bot|gpt)\\b"
                    + "|<\\|?(?:im_start|im_end|system|assistant|endoftext)\\|?>|\\[/?(?:INST|SYS)\\]|^\\s*(?:system|assistant|user)\\s*:"
                    + "|#{2,}\\s*(?:system|instruction|response|new task)|\\b(?:begin|end) (?:system|prompt)\\b"
                    + "|\\b(?:reveal|print|repeat|show|output)\\b.{0,30}\\b(?:prompt|instructions|system message|api key)\\b"
                    + "|\\bnew instructions?\\s*:|\\bnuevas instrucciones\\s*:|\\bjailbreak\\w*|\\bprompt injection\\b",
            Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE | Pattern.MULTILINE);

    private Injection() {}

    /** The first such sentence, as far as it was recognised. */
    public static Optional<String> in(String text) {
        Matcher matcher = ANY.matcher(text);
        return matcher.find() ? Optional.of(matcher.group()) : Optional.empty();
    }
}

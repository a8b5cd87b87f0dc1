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
                    + "|\\bas an? (?:large )?(?:ai|llm|language model|artificial intelligence)\\b|\\bcomo (?:modelo de lenguaje|inteligencia artificial|ia)\\b"
                    + "|\\byou are (?:now|no longer)\\b.{0,40}\\b(?:assistant|ai|model|bot|dan|gpt|unrestricted|jailbroken)\\b"
                    + "|\\b(?:ahora eres|actúa como|actua como)\\b.{0,40}\\b(?:asistente|ia|modelo|bot|gpt)\\b"
                    + "|<\\|?(?:im_start|im_end|system|assistant|endoftext)\\|?>|\\[/?(?:INST|SYS)\\]|^\\s*(?:system|assistant|user|asistente|sistema|usuario)\\s*:"
                    + "|#{2,}\\s*(?:system|instruction|response|new task)|\\b(?:begin|end) (?:system|prompt)\\b"
                    + "|\\b(?:reveal|print|repeat|show|output)\\b.{0,30}\\b(?:prompt|instructions|system message|api key)\\b"
                    + "|\\b(?:dear|hey|hi|hello|attention,?|note (?:to|for)|message (?:to|for)|instructions? (?:to|for)) (?:the |any |all |an? )?(?:\\p{L}+ ){0,2}(?:ai|a\\.i\\.|llm|language model|large language model|chatbot|assistant|gpt|copilot|gemini|model reading|summari[sz]er|classifier|filter)s?\\b"
                    + "|\\b(?:assistant|summari[sz]er|classifier|ai|bot|model|agent|asistente|resumidor|modelo)s? (?:reading|processing|summari[sz]ing|seeing|that reads?|que lea?|que leas|que lees) (?:this|it|esto|este)\\b"
                    + "|\\b(?:querid[oa]|estimad[oa]|nota (?:para|a)|mensaje (?:para|a)|atención,?|hola,?|instrucciones (?:para|a)) (?:el |al |la |l[oa]s |un |una |cualquier )?(?:\\p{L}+ )?(?:ia|modelo|modelos|asistente|asistentes|inteligencia artificial|chatbot|gpt)\\b"
                    + "|\\b(?:ignore|disregard|forget) (?:everything|all|anything|whatever|what)\\b.{0,40}\\b(?:above|before|told|said|previous|earlier)\\b|\\b(?:ignora|olvida|descarta) (?:todo|cuanto|lo que)\\b.{0,40}\\b(?:anterior|antes|dicho|dijeron|arriba)\\b"
                    + "|\\b(?:sure|certainly|of course|absolutely)[,!.]? here(?:'s| is| are)\\b|\\bhere(?:'s| is) (?:the|your|a) (?:[\\p{L}-]+ ){0,3}(?:e-?mail|draft|version|copy|subject line)s?\\b.{0,30}\\b(?:request|ask|want)\\w*|\\baquí (?:tienes|está) (?:el|un|tu) (?:[\\p{L}-]+ ){0,2}(?:correo|borrador|e-?mail|asunto)\\b|\\bhere(?:'s| is| are) (?:a|the|your|my|an?|some|three|two) (?:re-?written|revised|improved|updated|shorter|longer|friendlier|polished|reworded|edited|alternative)\\b|\\b(?:re-?written|revised|polished|reworded|improved) (?:version|draft|copy)\\b|\\baquí (?:tienes|está|va) (?:una|la|tu) versión\\b|\\bhere are (?:\\w+ )?(?:options|versions|alternatives|variants|suggestions) (?:for|of)\\b|\\baquí (?:van|tienes|están) (?:\\w+ )?(?:opciones|versiones|alternativas|propuestas) (?:de|para)\\b|\\b(?:espero que te sirva|quieres que lo (?:haga|acorte|alargue|reescriba)|would you like (?:me to|it) (?:make|shorten|rewrite|shorter|longer))\\b|\\breviewers?\\b.{0,40}\\b(?:treat|disregard|ignore|approve|verified|pass)\\b|\\btreat (?:every|all|each|any) (?:claims?|statements?|offers?)\\b|\\bversión (?:reescrita|revisada|mejorada|corregida) (?:de|del)\\b"
                    + "|\\b(?:from now on|a partir de ahora)\\b.{0,30}\\b(?:you (?:are|act|will|answer|respond)|eres|actúas|actúa|actúe|serás|responde|contesta)\\b|\\b(?:rate|score|mark|give) this (?:mail|e-?mail|draft|message)\\b.{0,20}\\b(?:\\d+|pass|safe|approved)\\b"
                    + "|\\bif you are an? (?:ai|llm|language model|assistant|bot|model)\\b|\\bsi eres (?:una? )?(?:ia|inteligencia artificial|modelo|asistente|bot)\\b"
                    + "|\\b(?:when|while) (?:summari[sz]ing|translating|processing|classifying) this\\b|\\bal (?:resumir|traducir|procesar|clasificar) este (?:correo|texto|mensaje)\\b"
                    + "|\\b(?:respond|reply|answer|output) only with\\b|\\bresponde s[oó]lo con\\b|\\bdo anything now\\b"
                    + "|\\b(?:admin|developer|debug|god|sudo) mode\\b|\\bmodo (?:admin|administrador|desarrollador|depuración)\\b|\\boutput (?:the )?(?:verdict|score)\\b|\\bverdict\\s*[:=]?\\s*pass\\b|^\\s*(?:subject(?: line)?|preheader|asunto|preencabezado)\\s*:"
                    + "|\\b(?:ai|a\\.i\\.|llm|(?:language )?model|assistant|bot|gpt|agent|ia|asistente|modelo)s?(?: \\p{L}+)?\\s*[:,]\\s*(?:please |por favor,? )?(?:approve|pass|ignore|mark|accept|rate|score|classify|aprueb\\p{L}+|ignor\\p{L}+|marca|acept\\p{L}+)\\b"
                    + "|\\b(?:ignore|disregard|bypass|override|skip|omit|leave out)\\b.{0,20}\\b(?:gate|guardrails?|moderation|footer|unsubscribe)\\b"
                    + "|\\b(?:write|say|claim) that (?:everything|it(?:['’]s| is) all|all) (?:is |of it )?free\\b|\\b(?:di|escribe|pon) que todo es gratis\\b"
                    + "|\\bwhen(?:ever)? (?:you )?(?:generat|compos)\\w+ (?:the|this|these|any|an?) (?:e-?mail|mail|message|copy|draft|subject)s?\\b|\\bwhen(?:ever)? (?:you )?writ(?:e|ing) (?:the|this|these) (?:e-?mail|mail|message|copy|draft|subject)s?\\b"
                    + "|\\b(?:cuando (?:generes|redactes|compongas|escribas)|al (?:generar|redactar|componer|escribir)) (?:el|este|los|estos) (?:correo|mensaje|texto|asunto|borrador)(?:e?s)?\\b"
                    + "|\\bno hagas? caso (?:de|a|al)\\b.{0,20}\\b(?:norma|regla|instrucci|indicaci|orden|filtro|directri)\\w*|\\b(?:omite|omitas|quita|elimina|s[aá]ltate) (?:el pie|la baja|el enlace de baja)\\b"
                    + "|\\bnew instructions?\\s*:|\\bnuevas instrucciones\\s*:|\\bjailbreak\\w*|\\bprompt injection\\b",
            Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE | Pattern.MULTILINE);

    private Injection() {}

    /** The first such sentence, as far as it was recognised. */
    public static Optional<String> in(String text) {
        Matcher matcher = ANY.matcher(text);
        return matcher.find() ? Optional.of(matcher.group()) : Optional.empty();
    }
}

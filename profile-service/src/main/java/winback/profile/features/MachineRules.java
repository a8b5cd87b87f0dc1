package winback.profile.features;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import winback.contracts.ActivityReceived;

/**
 * Tells the opens and clicks of scanners and privacy proxies from those of people. What a machine made is kept and named
 * after the rule that caught it, and counts in no feature and no label.
 *
 * <p>Some rules look at the call alone ({@link #of}), some at what else happened around it ({@link Responses}):
 *
 * <ul>
 *   <li>{@code sender-says-so}: the sender marked it, such as {@code machine: true} or SendGrid's {@code sg_machine_open}
 *   <li>{@code prefetch}: the request said that it only prefetches ({@code Sec-Purpose}, {@code Purpose}, {@code X-Moz})
 *   <li>{@code privacy-proxy}: the bare {@code Mozilla/5.0} of Apple's Mail Privacy Protection, or the browser of 2015 as
 *       which Gmail fetches ahead. Proxies that fetch when the person opens (Gmail's and Yahoo's image proxies later on)
 *       are none: what they fetch within seconds of the delivery is caught by the next rule but one
 *   <li>{@code scanner-agent}: a mail gateway's scanner, a link previewer, a script
 *   <li>{@code seconds-after-delivery}: within {@value Responses#TOO_SOON_MILLIS} ms of the mail's delivery
 *   <li>{@code link-burst}: clicks on {@value Responses#BURST_LINKS} different links of a mail within
 *       {@value Responses#BURST_MILLIS} ms, or on two within {@value Responses#PAIR_MILLIS} ms; all of them, the first
 *       included, with the opens among them
 * </ul>
 */
final class MachineRules {

    static final String SENDER = "sender-says-so";
    static final String PREFETCH = "prefetch";
    static final String PROXY = "privacy-proxy";
    static final String AGENT = "scanner-agent";
    static final String TOO_SOON = "seconds-after-delivery";
    static final String BURST = "link-burst";

    private static final List<String> MARKS = List.of(
            "machine",
            "machineOpen",
            "machine_open",
            "machineClick",
            "machine_click",
            "sg_machine_open",
            "isBot",
            "is_bot",
            "bot");

    private static final List<String> SCANNERS = List.of(
            // Mail gateways and their link protection.
            "barracuda",
            "proofpoint",
            "mimecast",
            "symantec",
            "messagelabs",
            "trendmicro",
            "trend micro",
            "fortimail",
            "fortinet",
            "fortiguard",
            "urldefense",
            "sophos",
            "mcafee",
            "kaspersky",
            "cloudmark",
            "ironport",
            "checkpoint",
            "zscaler",
            "forcepoint",
            "websense",
            "vade",
            "libra esva",
            "spamhaus",
            "safelinks",
            "office existence discovery",
            "microsoft exchange",
            "googlesafety",
            "google-safety",
            "google-read-aloud",
            "virustotal",
            "urlscan",
            // Previewers and crawlers.
            "bingpreview",
            "slackbot",
            "facebookexternalhit",
            "skypeuripreview",
            "whatsapp/",
            "telegrambot",
            "twitterbot",
            "linkedinbot",
            "discordbot",
            "embedly",
            "bot/",
            "bot;",
            "bot)",
            "crawler",
            "spider",
            "preview)",
            // Scripts and browsers without a person before them.
            "headlesschrome",
            "phantomjs",
            "python-requests",
            "python-urllib",
            "aiohttp",
            "curl/",
            "wget/",
            "go-http-client",
            "java/",
            "apache-httpclient",
            "libwww-perl",
            "node-fetch",
            "axios/",
            "scrapy",
            "httpx",
            "guzzlehttp",
            "powershell",
            "winhttp");

    /** Gmail's fetching ahead poses as this browser. */
    private static final String GMAIL_AHEAD = "chrome/42.0.2311.135 safari/537.36 edge/12.246";

    private MachineRules() {}

    /** The rule by which the call alone shows a machine; null when none does. */
    static @Nullable String of(ActivityReceived event, ActivityKind kind) {
        Map<String, @Nullable Object> properties = event.properties();
        for (String mark : MARKS) {
            if (Boolean.TRUE.equals(properties.get(mark)) || "true".equals(properties.get(mark))) {
                return SENDER;
            }
        }
        if (!kind.isResponse()) {
            return null;
        }
        for (String header : List.of("secPurpose", "sec_purpose", "purpose", "xMoz", "x_moz")) {
            if (properties.get(header) instanceof String purpose
                    && purpose.toLowerCase(Locale.ROOT).contains("prefetch")) {
                return PREFETCH;
            }
        }
        Object agent = properties.get("userAgent");
        if (agent == null) {
            agent = properties.get("user_agent");
        }
        if (agent == null) {
            agent = event.context().get("userAgent");
        }
        if (!(agent instanceof String text)) {
            return null;
        }
        String lower = text.strip().toLowerCase(Locale.ROOT);
        if (lower.equals("mozilla/5.0") || lower.contains(GMAIL_AHEAD)) {
            return PROXY;
        }
        for (String scanner : SCANNERS) {
            if (lower.contains(scanner)) {
                return AGENT;
            }
        }
        return null;
    }
}

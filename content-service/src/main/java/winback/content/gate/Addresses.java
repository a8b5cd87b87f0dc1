package winback.content.gate;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import winback.content.brief.Brief;
import winback.content.gate.ReadMail.Field;

/** Where a mail leads, and what it would load: nowhere but to the hosts of its brief. Nothing is fetched. */
final class Addresses {

    static final String FOREIGN = "foreign-link";
    static final String DEAD = "dead-link";
    static final String SCRIPT = "script-url";

    private static final Pattern WRITTEN = Pattern.compile(
            "(?i)\\b(?:[a-z][a-z0-9+.-]{1,20}://|www\\.)[^\\s\"'<>()]+"
                    + "|\\b[a-z0-9-]+(?:\\.[a-z0-9-]+)*\\.(?:com|net|org|es|io|co|info|biz|shop|store|online|site|xyz|top|club|eu|ru|cn|de|fr|uk|link|click|ly|me|app|dev|example|test)\\b(?:/[^\\s\"'<>()]*)?");
    /** An address for readers that machines are not meant to find. */
    private static final Pattern SPELT = Pattern.compile(
            "(?i)[a-z0-9-]+\\s*[(\\[{]\\s*(?:dot|punto|\\.)\\s*[)\\]}]\\s*[a-z]{2,}|[a-z0-9-]+ (?:dot|punto) (?:com|net|org|es|io|co|info|shop|store|eu)(?!\\p{L})|hxxps?://\\S+|[a-z0-9-]{2,}[．。｡][a-z]{2,}");

    private static final Pattern IN_STYLE =
            Pattern.compile("(?i)url\\(\\s*['\"]?([^'\")]+)|@import\\s+['\"]([^'\"]+)|(?:https?:)?//[^\\s'\")]+");
    private static final Pattern HARMFUL = Pattern.compile(
            "(?i)^[\\s\\x00-\\x20]*(?:javascript|jscript|livescript|mocha|vbscript|view-source|filesystem|jar|data|file|blob|ms-[a-z-]+)[\\s\\x00-\\x20]*:");
    /** What a reader's own mail may begin with. */
    private static final Pattern SUBJECT_ONLY = Pattern.compile("subject=(?:[a-z+-]|%20|%c3%..){0,80}");

    /** "http" and what follows, in Base64. */
    private static final Pattern ENCODED = Pattern.compile("(?<![\\w])aHR0[\\w+/=-]{4,}");

    private static final int MOST_ENCODINGS = 4;
    private static final Pattern PERCENT_CODE = Pattern.compile("%([0-9a-fA-F]{2})");
    private static final Pattern LEADS_ON = Pattern.compile(
            "(?i)(?:https?:)?//([a-z0-9.-]+)|[=/]([a-z0-9-]+(?:\\.[a-z0-9-]+)*\\.(?:com|net|org|es|io|co|info|biz|shop|store|online|site|xyz|top|club|eu|ru|cn|de|fr|uk|link|click|ly|me|app|dev|example|test))(?![a-z0-9.@-])");
    private static final List<String> LOADED = List.of(
            "src",
            "background",
            "poster",
            "srcset",
            "data",
            "action",
            "formaction",
            "cite",
            "longdesc",
            "xlink:href",
            "ping",
            "lowsrc",
            "dynsrc",
            "codebase",
            "manifest");

    private final Brief brief;
    private final Set<String> hosts = new HashSet<>();

    Addresses(Brief brief) {
        this.brief = brief;
        allow(brief.links().home());
        brief.links().more().forEach(this::allow);
        brief.products().forEach(product -> allow(product.url()));
        brief.facts().stream().map(Brief.Fact::url).filter(Objects::nonNull).forEach(this::allow);
    }

    private void allow(String url) {
        hosts.add(bare(URI.create(url).getHost()));
    }

    private static String bare(String host) {
        String lower = host.toLowerCase(Locale.ROOT);
        return lower.startsWith("www.") ? lower.substring(4) : lower;
    }

    void look(ReadMail mail, Findings findings) {
        mail.documents().forEach(html -> linked(html, findings));
        mail.outlook().forEach(html -> linked(html, findings));
        for (Field field : mail.everything()) {
            if (field.name().equals(ReadMail.URL)) {
                address(field.words(), field.name(), findings);
            } else {
                written(field, findings);
            }
        }
    }

    private void linked(Document html, Findings findings) {
        for (Element link : html.select("a, area")) {
            if (link.hasAttr("href")) {
                address(link.attr("href"), ReadMail.HTML, findings);
            } else if (link.normalName().equals("a")
                    && !link.text().isBlank()
                    && !link.hasAttr("name")
                    && !link.hasAttr("id")) {
                findings.add(DEAD, ReadMail.HTML, link.text(), "is a link that leads nowhere");
            }
        }
        for (Element element : html.getAllElements()) {
            if (!element.normalName().equals("a") && !element.normalName().equals("area")) {
                for (String attribute : List.of("href", "o:href")) {
                    if (element.hasAttr(attribute)) {
                        address(element.attr(attribute), ReadMail.HTML, findings);
                    }
                }
            }
            for (String attribute : LOADED) {
                if (element.hasAttr(attribute)) {
                    address(element.attr(attribute).split("\\s", -1)[0], ReadMail.HTML, findings);
                }
            }
            styles(element.attr("style"), findings);
            if (element.normalName().equals("style")) {
                styles(element.data(), findings);
            }
        }
    }

    private void styles(String css, Findings findings) {
        Matcher matcher = IN_STYLE.matcher(Styles.plain(css));
        while (matcher.find()) {
            String url = matcher.group(1) != null ? matcher.group(1) : matcher.group(2);
            address(url == null ? matcher.group() : url, ReadMail.HTML, findings);
        }
    }

    private void written(Field field, Findings findings) {
        Matcher matcher = WRITTEN.matcher(field.words());
        while (matcher.find()) {
            String found = matcher.group().replaceAll("[.,;:!?]+$", "");
            boolean ofAddress = matcher.start() > 0 && field.words().charAt(matcher.start() - 1) == '@';
            if (ofAddress) {
                continue; // an e-mail address is looked at as such
            }
            address(found.contains("://") ? found : "https://" + found, field.name(), findings);
        }
        Matcher spelt = SPELT.matcher(field.words());
        while (spelt.find()) {
            findings.add(FOREIGN, field.name(), spelt.group(), "is an address that is not written as one");
        }
    }

    private void address(String given, String field, Findings findings) {
        // Browsers pass over these within a scheme.
        String url = given.replaceAll("[\\t\\n\\r]", "").strip();
        if (HARMFUL.matcher(url).find()) {
            findings.add(SCRIPT, field, given, "is not an address of a page");
            return;
        }
        if (url.startsWith(ReadMail.UNSUBSCRIBE)) {
            return;
        }
        String lower = url.toLowerCase(Locale.ROOT);
        if (lower.startsWith("mailto:")) {
            String[] parts = lower.substring("mailto:".length()).split("\\?", 2);
            if (!parts[0].equals(brief.sender().email().toLowerCase(Locale.ROOT))) {
                findings.add(FOREIGN, field, given, "is not the sender's address");
            } else if (parts.length > 1 && !SUBJECT_ONLY.matcher(parts[1]).matches()) {
                findings.add(FOREIGN, field, given, "writes more than a subject for its reader");
            }
            return;
        }
        if (lower.startsWith("tel:")) {
            findings.add(FOREIGN, field, given, "is not in the brief");
            return;
        }
        if (url.isEmpty() || url.contains(" ") || url.startsWith("#") || url.startsWith("/") && !url.startsWith("//")) {
            findings.add(DEAD, field, given.isEmpty() ? "href=\"\"" : given, "leads nowhere from within a mail");
            return;
        }
        if (url.contains("\\")) {
            findings.add(FOREIGN, field, given, "leads elsewhere in some programs than in others");
            return;
        }
        page(url.startsWith("//") ? "https:" + url : url, given, field, findings);
    }

    private void page(String url, String given, String field, Findings findings) {
        URI uri;
        try {
            uri = new URI(url);
        } catch (URISyntaxException malformed) {
            findings.add(DEAD, field, given, "is not a URL");
            return;
        }
        String host = uri.getHost();
        if (host == null || uri.getScheme() == null) {
            // Of hosts that URI does not take for such, say with an underscore.
            String authority = uri.getRawAuthority();
            boolean leads = uri.getScheme() != null && authority != null && !authority.isEmpty();
            findings.add(leads ? FOREIGN : DEAD, field, given, leads ? "is not a host of the brief" : "is not a URL");
        } else if (!uri.getScheme().equalsIgnoreCase("https")
                && !uri.getScheme().equalsIgnoreCase("http")) {
            findings.add(FOREIGN, field, given, "is not an address of a page");
        } else if (!hosts.contains(bare(host)) || uri.getRawUserInfo() != null || uri.getPort() >= 0) {
            findings.add(FOREIGN, field, given, host + " is not a host of the brief, or has more than a host");
        } else if (uri.getScheme().equalsIgnoreCase("http")) {
            findings.add("insecure-link", field, given, "is not https");
        } else if (leadsOn(uri)) {
            findings.add(FOREIGN, field, given, "carries another host's address in it");
        }
    }

    private boolean leadsOn(URI uri) {
        String rest = decoded((uri.getRawPath() == null ? "" : uri.getRawPath()) + "?"
                + (uri.getRawQuery() == null ? "" : uri.getRawQuery()));
        if (ENCODED.matcher(rest).find()) {
            return true;
        }
        Matcher inner = LEADS_ON.matcher(rest);
        while (inner.find()) {
            if (!hosts.contains(bare(inner.group(1) == null ? inner.group(2) : inner.group(1)))) {
                return true;
            }
        }
        return false;
    }

    /** However often it has been encoded. */
    private static String decoded(String text) {
        String before = text;
        for (int i = 0; i < MOST_ENCODINGS; i++) {
            String after = PERCENT_CODE
                    .matcher(before)
                    .replaceAll(code ->
                            Matcher.quoteReplacement(String.valueOf((char) Integer.parseInt(code.group(1), 16))));
            if (after.equals(before)) {
                break;
            }
            before = after;
        }
        return before;
    }
}

package winback.benchmarks.personalize;

import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Variants of a campaign as a shop's designer would hand them in: a table layout with its styles inline, 8 to 15 kB of
 * HTML with 10 to 20 placeholders. The same number is the same mail.
 */
final class Mails {

    private static final String SHOP = "https://fern-and-field.example";

    private static final List<String> ACCENTS =
            List.of("#1f5f3a", "#7a3e12", "#1f3a5f", "#5f1f4a", "#3d3d3d", "#8a5a00", "#0f6b6b", "#6b0f1a");

    private static final List<String> SUBJECTS = List.of(
            "{{ subscriber.firstName | default: 'Hello' }}, a few good things arrived while you were away",
            "New in {{ subscriber.favouriteCategory | default: 'our shop' | downcase }} since your last visit",
            "{% if subscriber.firstName %}{{ subscriber.firstName }}, it{% else %}It{% endif %}'s been a while",
            "What people in {{ subscriber.city | default: 'your town' }} took home this month");

    private static final List<String> PREHEADERS = List.of(
            "No rush. Have a look when you have a minute.",
            "Your basket, your list and your points are as you left them.",
            "Seven days of free delivery to {{ subscriber.city | default: 'your door' }}.",
            "Short, honest, and easy to unsubscribe from.");

    private static final List<String> OPENINGS = List.of(
            "You haven't ordered from us for a while, and that is fine. Cupboards fill up, seasons change, and some things"
                    + " simply last. Since your last visit we have added new makers to the shelves you used to browse, and"
                    + " retired what only took up space.",
            "We could send you a countdown and three exclamation marks. We would rather tell you what is different: the"
                    + " returns are free now, the parcels come without plastic, and each page says how a thing is repaired"
                    + " once it breaks.",
            "Last year you trusted us with an order, and then we heard nothing more. If something went wrong, reply to this"
                    + " mail and a person will mend it. If not, here is what has happened here since, in two minutes.",
            "Our buyers spent the winter in workshops instead of at fairs. What they brought back is made by people whose"
                    + " names we know, in numbers that will not last until summer, at prices that we could explain to"
                    + " anybody who asks.");

    private static final List<String> MIDDLES = List.of(
            "Many who like {{ subscriber.favouriteCategory | default: 'the same things as you' | downcase }} begin with the"
                    + " three below. They are on one page, with the measurements that matter and with what customers wrote"
                    + " after a year of use, also where that was not kind.",
            "We looked at what sells again to the same people, because nobody buys a bad"
                    + " {{ subscriber.favouriteCategory | default: 'thing' | downcase }} twice. That list is short, and it"
                    + " is what you find here. Each of them is in stock today and leaves our house within a day.");

    private static final List<String> PRODUCTS = List.of(
            "Hand fork with an ash handle",
            "Terracotta pot, four sizes",
            "Enamel kettle, 1.4 litres",
            "Wool blanket from the valley mill",
            "Folding lantern, ten hours",
            "Linen apron with three pockets",
            "Cast-iron pan, seasoned",
            "Notebook with numbered pages",
            "Waxed rain jacket",
            "Bread tin with a lid",
            "Seed box for twelve kinds",
            "Leather bicycle grips");

    private static final List<String> DESCRIPTIONS = List.of(
            "Forged in one piece, so that nothing comes loose. The maker sharpens it again for the price of the postage.",
            "Heavier than it looks and kinder to the hand than the one you have. Opened is fine if you send it back.",
            "Comes in a box without plastic, with a page on how to look after it and a number to ring when it breaks.",
            "Was sold out from spring to autumn. The second batch has the longer handle that so many of you asked for.");

    private static final List<String> BUTTONS =
            List.of("See what is new", "Have a look around", "Show me the three", "Switch on free delivery");

    private static final List<String> AFTERTHOUGHTS = List.of(
            "P.S. Your account is as you left it, {{ subscriber.firstName | default: 'and so is your list' }}.",
            "P.S. Looking for something that you could not find last time? Reply with its name, and a person looks for it.",
            "",
            "P.S. Is it a present? Then we leave the price off the slip.");

    private Mails() {}

    /** Of variant {@code number}, as {@code POST /v1/campaigns} and {@code PUT …/variants/{id}} take it. */
    static Map<String, Object> variant(int number) {
        SplittableRandom random = new SplittableRandom(number);
        String opening = one(OPENINGS, random);
        String middle = one(MIDDLES, random);
        return Map.of(
                "variantId", id(number),
                "subject", one(SUBJECTS, random),
                "preheader", one(PREHEADERS, random),
                "html", html(number, opening, middle, random),
                "text", text(opening, middle),
                "cta",
                        Map.of(
                                "label",
                                one(BUTTONS, random),
                                "url",
                                SHOP + "/back/" + number + "?c={{ campaign.id }}#shelf"),
                "ps", one(AFTERTHOUGHTS, random));
    }

    static String id(int number) {
        return "approach-" + number;
    }

    private static String html(int number, String opening, String middle, SplittableRandom random) {
        String accent = one(ACCENTS, random);
        int products = 3 + random.nextInt(5);
        StringBuilder html = new StringBuilder(16_384);
        html.append(filled(HEAD, accent, number));
        html.append(paragraph(opening));
        html.append(paragraph(middle));
        for (int product = 0; product < products; product++) {
            int article = random.nextInt(10_000, 99_999);
            html.append(filled(PRODUCT, accent, number)
                    .replace("@article", Integer.toString(article))
                    // Not each link of a mail is counted by its campaign.
                    .replace("@counted", product < 4 ? "?c={{ campaign.id }}" : "")
                    .replace("@name", PRODUCTS.get((article + product) % PRODUCTS.size()))
                    .replace("@description", one(DESCRIPTIONS, random))
                    .replace("@price", random.nextInt(9, 140) + "." + random.nextInt(10, 100)));
        }
        return html.append(filled(FOOT, accent, number)).toString();
    }

    private static String filled(String part, String accent, int number) {
        return part.replace("@accent", accent)
                .replace("@number", Integer.toString(number))
                .replace("@shop", SHOP);
    }

    private static String paragraph(String text) {
        return """
                <tr><td style="padding:0 32px 18px 32px;font-family:Georgia,'Times New Roman',serif;font-size:16px;\
                line-height:26px;color:#2b2b2b;text-align:left;">%s</td></tr>
                """.formatted(text);
    }

    private static String text(String opening, String middle) {
        return GREETING + "\n\n" + opening + "\n\n" + middle + "\n\n" + """
                {{ content.cta }}: {{ links.cta }}

                {{ content.ps }}

                --\s
                Fern & Field, 12 Mill Lane. You get this mail because you agreed to hear from us at {{ subscriber.email }}.
                Unsubscribe with one click: {{ links.unsubscribe }}
                """;
    }

    private static final String GREETING =
            "{% if subscriber.firstName %}Hi {{ subscriber.firstName | capitalize }},{% else %}Hi there,{% endif %}";

    private static final String HEAD = """
            <!DOCTYPE html>
            <html lang="en" xmlns="http://www.w3.org/1999/xhtml">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="x-apple-disable-message-reformatting">
            <meta name="color-scheme" content="light dark">
            <title>Fern &amp; Field</title>
            <style type="text/css">
            html, body { margin: 0 !important; padding: 0 !important; width: 100% !important; height: 100% !important; }
            * { -ms-text-size-adjust: 100%; -webkit-text-size-adjust: 100%; }
            table, td { mso-table-lspace: 0pt !important; mso-table-rspace: 0pt !important; }
            table { border-spacing: 0 !important; border-collapse: collapse !important; table-layout: fixed; }
            img { -ms-interpolation-mode: bicubic; border: 0; height: auto; line-height: 100%; outline: none; }
            a { text-decoration: none; color: @accent; }
            .button-td, .button-a { transition: all 100ms ease-in; }
            .button-td:hover, .button-a:hover { background: #000000 !important; border-color: #000000 !important; }
            @media screen and (max-width: 620px) {
              .container { width: 100% !important; max-width: 100% !important; }
              .stack { display: block !important; width: 100% !important; max-width: 100% !important; }
              .stack-center { text-align: center !important; padding: 0 16px 16px 16px !important; }
              .picture { width: 100% !important; max-width: 100% !important; height: auto !important; }
            }
            @media (prefers-color-scheme: dark) {
              .sheet { background: #1b1b1b !important; }
              .sheet td { color: #e8e8e8 !important; }
            }
            </style>
            </head>
            <body style="margin:0;padding:0;background-color:#f3f1ec;">
            <div style="display:none;font-size:1px;line-height:1px;max-height:0;max-width:0;opacity:0;overflow:hidden;">\
            {{ content.preheader }}</div>
            <table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" bgcolor="#f3f1ec">
            <tr><td align="center" style="padding:24px 8px 24px 8px;">
            <table role="presentation" class="container sheet" width="600" cellpadding="0" cellspacing="0" border="0"
              style="width:600px;max-width:600px;background-color:#ffffff;border:1px solid #e3dfd6;">
            <tr><td align="left" style="padding:28px 32px 20px 32px;border-bottom:3px solid @accent;">
            <a href="@shop/?c={{ campaign.id }}"><img src="@shop/mail/@number/logo.png" width="168" height="40"
              alt="Fern &amp; Field" style="display:block;font-family:Georgia,serif;font-size:22px;color:@accent;"></a></td></tr>
            <tr><td style="padding:0;"><img class="picture" src="@shop/mail/@number/table-by-the-window.jpg" width="600"
              height="280" alt="A table by a window, with a kettle and two cups" style="display:block;width:600px;"></td></tr>
            <tr><td style="padding:28px 32px 14px 32px;font-family:Georgia,'Times New Roman',serif;font-size:22px;\
            line-height:30px;color:@accent;text-align:left;">\
            """ + GREETING + """
            </td></tr>
            """;

    private static final String PRODUCT = """
            <tr><td style="padding:0 32px 20px 32px;">
            <table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="border-top:1px solid \
            #e3dfd6;"><tr>
            <td class="stack" width="160" valign="top" style="width:160px;padding:16px 16px 0 0;">
            <a href="@shop/p/@article@counted"><img src="@shop/img/@article-320.jpg" width="160" height="160"
              alt="@name" style="display:block;width:160px;border-radius:4px;"></a></td>
            <td class="stack stack-center" valign="top" style="padding:16px 0 0 0;font-family:Georgia,'Times New Roman',serif;\
            font-size:15px;line-height:23px;color:#2b2b2b;text-align:left;">
            <strong style="font-size:17px;color:@accent;">@name</strong><br>
            @description<br>
            <span style="display:inline-block;padding-top:6px;font-size:15px;color:#6b6b6b;">$ @price</span></td>
            </tr></table></td></tr>
            """;

    private static final String FOOT = """
            {% case subscriber.language %}{% when 'es' %}<tr><td style="padding:0 32px 18px 32px;font-family:Georgia,serif;\
            font-size:15px;line-height:23px;color:#2b2b2b;">También le atendemos en español: responda a este correo.</td></tr>\
            {% when 'fr' %}<tr><td style="padding:0 32px 18px 32px;font-family:Georgia,serif;font-size:15px;\
            line-height:23px;color:#2b2b2b;">Nous répondons aussi en français.</td></tr>{% endcase %}
            {% if subscriber.favouriteCategory == 'Camping' or subscriber.favouriteCategory == 'Hiking boots' %}<tr>\
            <td style="padding:0 32px 18px 32px;font-family:Georgia,serif;font-size:15px;line-height:23px;color:#2b2b2b;">\
            Out of doors on Sunday? Our repair van stops in {{ subscriber.city | default: 'a town near you' }} this spring.\
            </td></tr>{% endif %}
            <tr><td align="center" style="padding:10px 32px 26px 32px;">
            <table role="presentation" cellpadding="0" cellspacing="0" border="0"><tr>
            <td class="button-td" bgcolor="@accent" style="border-radius:4px;background:@accent;">
            <a class="button-a" href="{{ links.cta }}" style="display:inline-block;padding:14px 28px;border:1px solid @accent;\
            font-family:Georgia,serif;font-size:16px;line-height:20px;color:#ffffff;border-radius:4px;">\
            {{ content.cta | upcase }}</a></td></tr></table></td></tr>
            <tr><td style="padding:0 32px 24px 32px;font-family:Georgia,serif;font-size:15px;line-height:23px;color:#2b2b2b;">\
            {{ content.ps }}</td></tr>
            <tr><td style="padding:20px 32px 24px 32px;background-color:#f8f6f1;font-family:Arial,Helvetica,sans-serif;\
            font-size:12px;line-height:18px;color:#6b6b6b;text-align:left;">
            You get "{{ campaign.name }}" at {{ subscriber.email }} because you agreed to hear from Fern &amp; Field when you
            ordered. We write at most once a week, we do not pass your address on, and one click ends it:
            <a href="{{ links.unsubscribe }}" style="color:#6b6b6b;text-decoration:underline;">unsubscribe</a>.<br><br>
            Fern &amp; Field, 12 Mill Lane, Riverton. Delivery is free from $ 60, returns within 60 days are free in any
            case, and what you have bought from us we repair for as long as there are parts. Prices are as of today and
            include tax. Pictures show the thing itself, not a better one.<br>
            <a href="@shop/help" style="color:#6b6b6b;">Help</a> &nbsp;|&nbsp; <a href="@shop/privacy"
              style="color:#6b6b6b;">Privacy</a> &nbsp;|&nbsp; <a href="mailto:people@fern-and-field.example"
              style="color:#6b6b6b;">people@fern-and-field.example</a></td></tr>
            </table></td></tr></table>
            </body>
            </html>
            """;

    private static String one(List<String> of, SplittableRandom random) {
        return of.get(random.nextInt(of.size()));
    }
}

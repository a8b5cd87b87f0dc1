package winback.profile.features;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import winback.contracts.ActivityReceived;
import winback.contracts.ActivityType;
import winback.contracts.TimePrecision;

/** A person's activity, simulated: visits of a shop and its mails, with habits of their own. */
final class SimulatedActivity {

    private static final Instant START = Instant.parse("2024-01-01T00:00:00Z");
    private static final String[] AGENTS = {
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148",
        "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36",
        "Mozilla/5.0 (iPad; CPU OS 17_0 like Mac OS X) AppleWebKit/605.1.15"
    };
    private static final String[] ZONES = {"America/New_York", "Europe/Madrid", "Asia/Tokyo", "America/Bogota"};
    private static final String[] MEDIA = {"email", "cpc", "social", "organic", "affiliate"};
    private static final String[] COUNTRIES = {"US", "Spain", "JP", "Colombia", "DE", "AU", "ZA"};
    private static final String[] INDUSTRIES = {
        "Software", "Retail", "Banking", "Health", "Education", "Construction", "Government"
    };
    private static final String[] INTERESTS = {"fashion", "home", "sports", "gaming", "books", "wine", "cars"};

    private final String id;
    private final Random random;
    private final List<ActivityReceived> events = new ArrayList<>();
    private final double priceSensitive;
    private final double impulsive;
    private final double social;
    private final double mailProne;
    private final int variety;
    private final int hour;
    private final String agent;
    private int number;

    private SimulatedActivity(String id, long seed) {
        this.id = id;
        this.random = new Random(seed * 7919 + 17);
        this.priceSensitive = random.nextDouble();
        this.impulsive = random.nextDouble();
        this.social = random.nextDouble() * random.nextDouble();
        this.mailProne = random.nextDouble() * 0.6;
        this.variety = 1 + random.nextInt(40);
        this.hour = random.nextInt(24);
        this.agent = AGENTS[random.nextInt(AGENTS.length)];
    }

    /** Activity of that many days from 2024 on, in no particular order, some of it at one instant and some by machines. */
    static List<ActivityReceived> of(String id, long seed, int days) {
        SimulatedActivity person = new SimulatedActivity(id, seed);
        person.live(days);
        return person.events;
    }

    private void live(int days) {
        if (random.nextInt(4) > 0) {
            identify(START.plus(Duration.ofMinutes(random.nextInt(days * 1440))));
        }
        double pause = Math.exp(random.nextDouble() * 4.5);
        double mailPause = 3 + random.nextInt(28);
        double at = random.nextDouble() * days * random.nextDouble();
        double mailAt = at;
        double until = at + (days - at) * Math.sqrt(random.nextDouble());
        while (at < days) {
            if (at < until) {
                visit(START.plusSeconds((long) (Math.floor(at) * 86_400)).plus(Duration.ofHours(hour)));
            }
            at += 0.3 - Math.log(1 - random.nextDouble()) * pause;
            while (mailAt < at && mailAt < days) {
                mail(START.plusSeconds((long) (mailAt * 86_400)));
                mailAt += mailPause;
            }
        }
    }

    private void identify(Instant at) {
        Map<String, @Nullable Object> traits = new LinkedHashMap<>();
        maybe(traits, "timezone", ZONES[random.nextInt(ZONES.length)]);
        maybe(traits, "locale", new String[] {"en-US", "es-ES", "de-DE"}[random.nextInt(3)]);
        maybe(traits, "email", "p" + id + (random.nextBoolean() ? "@gmail.com" : "@example.invalid"));
        maybe(traits, "age", 18 + random.nextInt(60));
        maybe(traits, "gender", new String[] {"female", "male", "female", "male", "other"}[random.nextInt(5)]);
        maybe(traits, "income", 15_000 + random.nextInt(120_000));
        maybe(traits, "householdSize", 1 + random.nextInt(5));
        maybe(traits, "children", random.nextInt(4));
        maybe(traits, "maritalStatus", random.nextBoolean() ? "married" : "single");
        maybe(traits, "homeOwner", random.nextBoolean());
        maybe(traits, "education", random.nextBoolean() ? "bachelor" : "high school");
        maybe(traits, "employmentStatus", new String[] {"student", "employed", "retired"}[random.nextInt(3)]);
        maybe(traits, "title", new String[] {"engineer", "manager", "director", "ceo"}[random.nextInt(4)]);
        maybe(traits, "employees", 1 + random.nextInt(10_000));
        maybe(traits, "industry", INDUSTRIES[random.nextInt(INDUSTRIES.length)]);
        maybe(traits, "country", COUNTRIES[random.nextInt(COUNTRIES.length)]);
        maybe(traits, "phone", "+15550100");
        maybe(
                traits,
                "createdAt",
                at.minus(Duration.ofDays(random.nextInt(900))).toString());
        for (String scale : new String[] {
            "openness",
            "conscientiousness",
            "extraversion",
            "agreeableness",
            "neuroticism",
            "priceSensitivity",
            "riskTolerance",
            "noveltySeeking",
            "sustainability",
            "techAffinity",
            "satisfaction"
        }) {
            maybe(traits, scale, random.nextDouble());
        }
        maybe(traits, "nps", random.nextInt(11));
        maybe(traits, "loyaltyTier", new String[] {"basic", "silver", "gold"}[random.nextInt(3)]);
        maybe(traits, "loyaltyPoints", random.nextInt(5000));
        maybe(traits, "interests", interests());
        maybe(traits, "referredBy", "friend");
        List<Map<String, Object>> consents = new ArrayList<>();
        for (String channel : new String[] {"email", "sms", "push"}) {
            if (random.nextBoolean()) {
                consents.add(Map.of(
                        "channel",
                        channel,
                        "purpose",
                        "marketing",
                        "granted",
                        random.nextInt(4) > 0,
                        "source",
                        "shop"));
            }
        }
        traits.put("consents", consents);
        add(ActivityType.IDENTIFY, null, at, Map.of(), traits, Map.of());
    }

    private List<String> interests() {
        List<String> interests = new ArrayList<>();
        for (String interest : INTERESTS) {
            if (random.nextInt(3) == 0) {
                interests.add(interest);
            }
        }
        return interests;
    }

    private void maybe(Map<String, @Nullable Object> traits, String name, Object value) {
        if (random.nextInt(10) < 6) {
            traits.put(name, value);
        }
    }

    private void visit(Instant start) {
        Instant at = start.plusSeconds(random.nextInt(7200));
        Map<String, @Nullable Object> context = new LinkedHashMap<>();
        if (random.nextInt(10) > 0) {
            context.put("userAgent", random.nextInt(5) > 0 ? agent : AGENTS[random.nextInt(AGENTS.length)]);
        }
        if (random.nextInt(3) > 0) {
            context.put("campaign", Map.of("medium", MEDIA[random.nextInt(MEDIA.length)]));
        }
        boolean app = random.nextInt(6) == 0;
        int steps = 1 + (int) (-Math.log(1 - random.nextDouble()) * 5);
        boolean carted = false;
        for (int step = 0; step < steps; step++) {
            at = at.plusMillis(random.nextInt(8) == 0 ? 0 : random.nextInt(240_000));
            double what = random.nextDouble();
            String category = "c" + random.nextInt(variety);
            if (what < 0.3) {
                add(app ? ActivityType.SCREEN : ActivityType.PAGE, "Home", at, Map.of(), Map.of(), context);
            } else if (what < 0.6) {
                track("Product Viewed", at, Map.of("category", category), context);
            } else if (what < 0.7) {
                track(random.nextBoolean() ? "Products Searched" : "Product List Viewed", at, Map.of(), context);
            } else if (what < 0.7 + 0.1 * priceSensitive) {
                track("Promotion Viewed", at, Map.of(), context);
            } else if (what < 0.85) {
                track("Product Added", at, Map.of("category", category), context);
                carted = true;
            } else if (what < 0.88) {
                track("Product Removed", at, Map.of(), context);
            } else if (what < 0.9) {
                track("Product Added to Wishlist", at, Map.of("category", category), context);
            } else if (what < 0.9 + 0.06 * social) {
                track(
                        random.nextBoolean() ? "Product Shared" : "Product Reviewed",
                        at,
                        Map.of("rating", random.nextInt(6)),
                        context);
            } else {
                track("Something Else", at, Map.of(), context);
            }
        }
        if (carted && random.nextDouble() < 0.7 || random.nextDouble() < 0.1 * impulsive) {
            order(at, context);
        }
    }

    private void order(Instant after, Map<String, @Nullable Object> context) {
        Instant at = after.plusSeconds((long) (random.nextInt(3000) * (1.1 - impulsive)));
        if (random.nextInt(3) > 0) {
            track("Checkout Started", at, Map.of(), context);
        }
        boolean discounted = random.nextDouble() < priceSensitive * 0.7;
        if (discounted && random.nextBoolean()) {
            track("Coupon Applied", at, Map.of(), context);
        }
        at = at.plusSeconds(60);
        Map<String, @Nullable Object> properties = new LinkedHashMap<>();
        properties.put("total", Math.round(Math.exp(2 + random.nextGaussian()) * 100) / 100.0);
        properties.put("quantity", 1 + random.nextInt(4));
        properties.put("category", "c" + random.nextInt(variety));
        properties.put("currency", random.nextInt(20) == 0 ? "EUR" : "USD");
        if (discounted) {
            properties.put("discount", random.nextInt(10));
            properties.put("coupon", "X");
        }
        events.add(event(
                ActivityType.TRACK,
                "Order Completed",
                at,
                random.nextInt(8) == 0 ? TimePrecision.DAY : TimePrecision.INSTANT,
                properties,
                Map.of(),
                context));
        if (random.nextInt(15) == 0) {
            track("Order Refunded", at.plus(Duration.ofDays(random.nextInt(20))), Map.of("total", 5), Map.of());
        }
    }

    private void mail(Instant at) {
        String mail = "m" + number;
        track("Email Delivered", at, Map.of("email_id", mail), Map.of());
        if (random.nextInt(12) == 0) {
            // A scanner follows every link.
            for (int link = 0; link < 4; link++) {
                track(
                        "Email Link Clicked",
                        at.plusMillis(20_000 + link * 400L),
                        Map.of("email_id", mail, "link_url", "https://shop.invalid/" + link),
                        Map.of());
            }
        }
        if (random.nextInt(12) == 0) {
            track("Email Opened", at.plusSeconds(random.nextInt(8)), Map.of("email_id", mail), Map.of());
        }
        if (random.nextDouble() < mailProne) {
            Instant opened = at.plusSeconds(60 + random.nextInt(100_000));
            track("Email Opened", opened, Map.of("email_id", mail), Map.of("userAgent", agent));
            if (random.nextInt(4) == 0) {
                track(
                        "Email Link Clicked",
                        opened.plusSeconds(20),
                        Map.of("email_id", mail, "link_url", "https://shop.invalid/1"),
                        Map.of("userAgent", agent));
            }
        }
        if (random.nextInt(60) == 0) {
            track(
                    new String[] {"Email Bounced", "Email Marked as Spam", "Unsubscribed"}[random.nextInt(3)],
                    at.plusSeconds(5000),
                    Map.of(),
                    Map.of());
        }
    }

    private void track(
            String name, Instant at, Map<String, @Nullable Object> properties, Map<String, @Nullable Object> context) {
        add(ActivityType.TRACK, name, at, properties, Map.of(), context);
    }

    private void add(
            ActivityType type,
            @Nullable String name,
            Instant at,
            Map<String, @Nullable Object> properties,
            Map<String, @Nullable Object> traits,
            Map<String, @Nullable Object> context) {
        events.add(event(type, name, at, TimePrecision.INSTANT, properties, traits, context));
    }

    private ActivityReceived event(
            ActivityType type,
            @Nullable String name,
            Instant at,
            TimePrecision precision,
            Map<String, @Nullable Object> properties,
            Map<String, @Nullable Object> traits,
            Map<String, @Nullable Object> context) {
        return new ActivityReceived(
                id,
                id,
                null,
                "simulated",
                id + "-" + number++,
                type,
                name,
                at,
                precision,
                at,
                false,
                properties,
                traits,
                context);
    }
}

package winback.profile.features;

import static winback.profile.features.Declarations.NOT_DECLARED;
import static winback.profile.features.Declarations.days;
import static winback.profile.features.Declarations.number;
import static winback.profile.features.Declarations.text;
import static winback.profile.features.Declarations.today;
import static winback.profile.features.Declarations.within;

import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;

/** Who the person is, by what was declared. */
final class Demographics {

    private static final Set<String> MAIL_PROVIDERS = Set.of(
            "gmail.com",
            "googlemail.com",
            "yahoo.com",
            "yahoo.es",
            "hotmail.com",
            "hotmail.es",
            "outlook.com",
            "outlook.es",
            "live.com",
            "msn.com",
            "aol.com",
            "icloud.com",
            "me.com",
            "gmx.de",
            "gmx.net",
            "web.de",
            "t-online.de",
            "proton.me",
            "protonmail.com",
            "mail.ru",
            "yandex.ru",
            "qq.com",
            "163.com",
            "libero.it",
            "orange.fr",
            "free.fr",
            "laposte.net");

    /** From the least to the most. */
    private static final List<List<String>> EDUCATION = List.of(
            List.of("primary", "none"),
            List.of("secondary", "high school", "highschool", "apprentice"),
            List.of("associate", "vocational", "college", "diploma"),
            List.of("bachelor", "undergraduate"),
            List.of("master", "postgraduate", "mba"),
            List.of("doctor", "phd"));

    private static final List<List<String>> SENIORITY = List.of(
            List.of("intern", "trainee", "student", "assistant"),
            List.of("junior", "associate", "specialist", "engineer", "analyst", "consultant", "teacher", "nurse"),
            List.of("senior", "lead", "supervisor"),
            List.of("manager", "head"),
            List.of("director", "vice president", "vp"),
            List.of("chief", "ceo", "cto", "cfo", "coo", "cmo", "founder", "owner", "president"));

    private Demographics() {}

    static void declare(Declarations d) {
        d.group(Feature.Group.DEMOGRAPHICS);
        person(d);
        household(d);
        work(d);
        place(d);
        reach(d);
    }

    private static void person(Declarations d) {
        d.add(
                "age",
                "years",
                "0 to 120",
                "neither age nor birthday declared",
                "whole years from the trait birthday to asOf, else the trait age",
                Demographics::age);
        band(d, "age_18_24", 18, 25);
        band(d, "age_25_34", 25, 35);
        band(d, "age_35_44", 35, 45);
        band(d, "age_45_54", 45, 55);
        band(d, "age_55_64", 55, 65);
        band(d, "age_65_up", 65, 121);
        d.declaredFlag(
                "gender_female", "the trait gender is female", (s, t) -> gender(s, "f", "female", "woman", "mujer"));
        d.declaredFlag("gender_male", "the trait gender is male", (s, t) -> gender(s, "m", "male", "man", "hombre"));
    }

    private static void band(Declarations d, String name, int from, int below) {
        d.declaredFlag(name, "age is at least %d and below %d".formatted(from, below), (s, t) -> {
            double age = age(s, t);
            return Double.isNaN(age) ? age : age >= from && age < below ? 1 : 0;
        });
    }

    private static void household(Declarations d) {
        d.add(
                "income",
                "log10 of currency a year",
                "2 to 8",
                "not declared, or out of range",
                "log10 of the trait income or annualIncome",
                (s, t) -> within(Math.log10(number(s, "income", "annualIncome", "annual_income")), 2, 8));
        d.declared("household_size", "persons", 1, 20, "householdSize", "household_size");
        d.declared("children", "persons", 0, 20, "children", "numberOfChildren", "number_of_children");
        d.declaredFlag("partnered", "the trait maritalStatus tells of a partner", (s, t) -> {
            String status = text(s, "maritalStatus", "marital_status");
            return status.isEmpty() ? Double.NaN : any(status, "married", "partner", "relationship", "union") ? 1 : 0;
        });
        d.declaredFlag("home_owner", "the trait homeOwner", (s, t) -> Declarations.truth(s, "homeOwner", "home_owner"));
        d.add(
                "education",
                "rank",
                "0 to 5",
                "not declared, or not understood",
                "the trait education: primary 0, secondary 1, college 2, bachelor 3, master 4, doctorate 5",
                (s, t) -> rank(text(s, "education", "educationLevel", "education_level"), EDUCATION));
    }

    private static void work(Declarations d) {
        d.declaredFlag(
                "student", "the trait occupation or employmentStatus tells of studies", (s, t) -> status(s, "student"));
        d.declaredFlag("retired", "the same tells of retirement", (s, t) -> status(s, "retired", "pension"));
        d.add(
                "seniority",
                "rank",
                "0 to 5",
                "not declared, or not understood",
                "the trait title: trainee 0, specialist 1, senior 2, manager 3, director 4, chief or owner 5",
                (s, t) -> rank(text(s, "title", "jobTitle", "job_title"), SENIORITY));
        d.add(
                "company_size",
                "log10 of employees",
                "0 to 7",
                "not declared, or out of range",
                "log10 of the trait company.employee_count or employees",
                (s, t) -> within(
                        Math.log10(number(s, "company.employee_count", "company.employeeCount", "employees")), 0, 7));
        industry(d, "technology", "tech", "software", "internet", "computer", "telecom");
        industry(d, "commerce", "retail", "commerce", "wholesale", "consumer");
        industry(d, "finance", "financ", "bank", "insur", "account");
        industry(d, "health", "health", "medic", "pharma", "hospital");
        industry(d, "education", "educat", "school", "universit", "research");
        industry(d, "making", "manufact", "industr", "construct", "engineer", "automotive");
        industry(d, "public", "government", "public", "nonprofit", "non-profit", "ngo");
    }

    private static void industry(Declarations d, String name, String... words) {
        d.declaredFlag(
                "industry_" + name,
                "the trait industry or company.industry contains " + String.join(", ", words),
                (s, t) -> {
                    String industry = text(s, "industry", "company.industry");
                    return industry.isEmpty() ? Double.NaN : any(industry, words) ? 1 : 0;
                });
    }

    private static void place(Declarations d) {
        for (Region region : Region.values()) {
            d.add(
                    "region_" + region.name().toLowerCase(java.util.Locale.ROOT),
                    "0 or 1",
                    "0 or 1",
                    "neither country, locale nor zone tells a region",
                    "1 when the country of the trait address.country or country, else of the locale, else the zone lies there",
                    (s, t) -> {
                        Region of = s.facts().region();
                        return of == null ? Double.NaN : of == region ? 1 : 0;
                    });
        }
        d.add(
                "utc_offset",
                "hours",
                "-18 to 18",
                "no time zone known",
                "offset from UTC at asOf",
                (s, t) -> s.timezone == null
                        ? Double.NaN
                        : s.zone().getRules().getOffset(Instant.ofEpochMilli(t)).getTotalSeconds() / 3600.0);
        d.declaredFlag("language_english", "the locale's language is English", (s, t) -> language(s, "en"));
        d.declaredFlag("language_spanish", "the locale's language is Spanish", (s, t) -> language(s, "es"));
    }

    private static void reach(Declarations d) {
        d.flag(
                "has_email",
                "the trait email is known",
                (s, t) -> text(s, "email").isEmpty() ? 0 : 1);
        d.flag("has_phone", "the trait phone is known", (s, t) -> Declarations.trait(s, "phone") == null ? 0 : 1);
        d.add(
                "email_at_provider",
                "0 or 1",
                "0 or 1",
                "no address known",
                "1 when the address is at a mail provider rather than at a domain of its own",
                (s, t) -> {
                    String email = text(s, "email");
                    return email.isEmpty()
                            ? Double.NaN
                            : MAIL_PROVIDERS.contains(email.substring(email.indexOf('@') + 1)) ? 1 : 0;
                });
        d.add("tenure", "days", ">= 0", "not yet seen", "asOf − first seen", (s, t) -> days(s.firstSeenAt, t));
        d.add("account_age", "days", ">= 0", NOT_DECLARED, "asOf − the day of the trait createdAt", (s, t) -> {
            LocalDate day = s.facts().createdAt();
            return day == null ? Double.NaN : Math.max(0, ChronoUnit.DAYS.between(day, today(t)));
        });
    }

    private static double age(SubscriberState s, long asOf) {
        LocalDate birthday = s.facts().birthday();
        return within(
                birthday == null ? s.facts().declaredAge() : ChronoUnit.YEARS.between(birthday, today(asOf)), 0, 120);
    }

    private static double gender(SubscriberState s, String... words) {
        String gender = text(s, "gender", "sex");
        return gender.isEmpty() ? Double.NaN : List.of(words).contains(gender) ? 1 : 0;
    }

    private static double status(SubscriberState s, String... words) {
        String status = text(s, "employmentStatus", "employment_status", "occupation");
        return status.isEmpty() ? Double.NaN : any(status, words) ? 1 : 0;
    }

    private static double language(SubscriberState s, String language) {
        String locale = s.locale;
        return locale == null ? Double.NaN : locale.equals(language) || locale.startsWith(language + "-") ? 1 : 0;
    }

    private static boolean any(String text, String... words) {
        for (String word : words) {
            if (text.contains(word)) {
                return true;
            }
        }
        return false;
    }

    /** The highest that the text speaks of. */
    private static double rank(String text, List<List<String>> ranks) {
        if (!text.isEmpty()) {
            for (int rank = ranks.size() - 1; rank >= 0; rank--) {
                if (any(text, ranks.get(rank).toArray(String[]::new))) {
                    return rank;
                }
            }
        }
        return Double.NaN;
    }
}

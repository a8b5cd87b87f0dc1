package winback.profile.features;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The part of the world, by ISO 3166 country, after the regions of the United Nations' M49, with the Americas in two.
 */
enum Region {
    EUROPE("AD AL AT AX BA BE BG BY CH CZ DE DK EE ES FI FO FR GB GG GI GR HR HU IE IM IS IT JE LI LT LU LV MC MD ME MK"
            + " MT NL NO PL PT RO RS RU SE SI SJ SK SM UA VA XK"),
    NORTH_AMERICA("BM CA GL PM US"),
    LATIN_AMERICA(
            "AG AI AR AW BB BL BO BQ BR BS BZ CL CO CR CU CW DM DO EC FK GD GF GP GT GY HN HT JM KN KY LC MF MQ MS MX"
                    + " NI PA PE PR PY SR SV SX TC TT UY VC VE VG VI"),
    ASIA(
            "AE AF AM AZ BD BH BN BT CN CY GE HK ID IL IN IQ IR JO JP KG KH KP KR KW KZ LA LB LK MM MN MO MV MY NP OM PH PK PS"
                    + " QA SA SG SY TH TJ TL TM TR TW UZ VN YE"),
    AFRICA(
            "AO BF BI BJ BW CD CF CG CI CM CV DJ DZ EG EH ER ET GA GH GM GN GQ GW KE KM LR LS LY MA MG ML MR MU MW MZ NA NE"
                    + " NG RE RW SC SD SH SL SN SO SS ST SZ TD TG TN TZ UG YT ZA ZM ZW"),
    OCEANIA("AS AU CC CK CX FJ FM GU KI MH MP NC NF NR NU NZ PF PG PN PW SB TK TO TV UM VU WF WS");

    private final String countries;

    Region(String countries) {
        this.countries = countries;
    }

    /** By code and by English and Spanish name, in lower case. */
    private static final Map<String, Region> BY_COUNTRY = new HashMap<>();

    static {
        for (Region region : values()) {
            for (String code : region.countries.split(" ")) {
                Locale country = Locale.of("", code);
                BY_COUNTRY.put(code.toLowerCase(Locale.ROOT), region);
                BY_COUNTRY.put(country.getDisplayCountry(Locale.ENGLISH).toLowerCase(Locale.ROOT), region);
                BY_COUNTRY.put(country.getDisplayCountry(Locale.of("es")).toLowerCase(Locale.ROOT), region);
            }
        }
        BY_COUNTRY.put("usa", NORTH_AMERICA);
        BY_COUNTRY.put("uk", EUROPE);
    }

    /** Null when nothing tells. */
    static @Nullable Region of(SubscriberState state) {
        Region declared = BY_COUNTRY.get(Declarations.text(state, "address.country", "country", "countryCode"));
        if (declared != null) {
            return declared;
        }
        String locale = state.locale;
        if (locale != null) {
            Region spoken =
                    BY_COUNTRY.get(Locale.forLanguageTag(locale).getCountry().toLowerCase(Locale.ROOT));
            if (spoken != null) {
                return spoken;
            }
        }
        String zone = state.timezone == null ? "" : state.timezone;
        int slash = zone.indexOf('/');
        return switch (slash < 0 ? "" : zone.substring(0, slash)) {
            case "Europe" -> EUROPE;
            case "Asia" -> ASIA;
            case "Africa" -> AFRICA;
            case "Australia", "Pacific" -> OCEANIA;
            // America/ spans both.
            default -> null;
        };
    }
}

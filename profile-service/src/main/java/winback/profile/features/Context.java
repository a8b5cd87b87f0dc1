package winback.profile.features;

import static winback.profile.features.Declarations.NO_HOUR;
import static winback.profile.features.Declarations.NO_ORDER;
import static winback.profile.features.Declarations.evenness;
import static winback.profile.features.Declarations.ratio;
import static winback.profile.features.Declarations.sum;
import static winback.profile.features.Declarations.today;

import java.util.Locale;
import winback.contracts.ProfileChanged.Consent;

/** When, with what and by which way the person comes, and the season. */
final class Context {

    private static final String NOTHING = "nothing done yet";
    private static final String NO_DEVICE = "no device known";
    private static final String NO_CHANNEL = "no channel known";
    private static final String[] WEEKDAYS = {
        "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"
    };

    private Context() {}

    static void declare(Declarations d) {
        d.group(Feature.Group.CONTEXT);
        hours(d);
        weekdays(d);
        devices(d);
        channels(d);
        season(d);
        consents(d);
    }

    private static void hours(Declarations d) {
        for (int from = 0; from < 24; from += 3) {
            int first = from;
            d.share(
                    "hours_%02d_%02d".formatted(from, from + 3),
                    NO_HOUR,
                    "activity from %d to %d local ÷ all".formatted(from, from + 3),
                    (s, t) -> ratio(s.hours[first] + s.hours[first + 1] + s.hours[first + 2], sum(s.hours)));
        }
        d.share(
                "hour_evenness",
                NO_HOUR,
                "entropy of the local hours ÷ ln 24; 0 is always the same hour",
                (s, t) -> evenness(s.hours, 24));
        d.add(
                "last_hour_sin",
                "1",
                "-1 to 1",
                NO_HOUR,
                "sin(2π · local hour of the last activity ÷ 24)",
                (s, t) -> s.lastHour < 0 ? Double.NaN : Math.sin(2 * Math.PI * s.lastHour / 24));
        d.add(
                "last_hour_cos",
                "1",
                "-1 to 1",
                NO_HOUR,
                "cos of the same",
                (s, t) -> s.lastHour < 0 ? Double.NaN : Math.cos(2 * Math.PI * s.lastHour / 24));
    }

    private static void weekdays(Declarations d) {
        for (int i = 0; i < 7; i++) {
            int day = i;
            d.share(
                    WEEKDAYS[i] + "_share",
                    NOTHING,
                    "activity on %ss (local) ÷ all"
                            .formatted(WEEKDAYS[i].substring(0, 1).toUpperCase(Locale.ROOT) + WEEKDAYS[i].substring(1)),
                    (s, t) -> ratio(s.weekdays[day], sum(s.weekdays)));
        }
        d.share(
                "weekday_evenness",
                NOTHING,
                "entropy of the weekdays ÷ ln 7; 0 is always the same day",
                (s, t) -> evenness(s.weekdays, 7));
    }

    private static void devices(Declarations d) {
        d.share("mobile_share", NO_DEVICE, "activity from apps and mobile devices ÷ all with a device", (s, t) -> {
            long mobile = 0;
            for (Device device : Device.values()) {
                mobile += device.mobile() ? s.devices[device.ordinal()] : 0;
            }
            return ratio(mobile, sum(s.devices));
        });
        d.share("app_share", NO_DEVICE, "activity from apps ÷ all with a device", (s, t) -> {
            long apps = 0;
            for (Device device : Device.values()) {
                apps += device.app() ? s.devices[device.ordinal()] : 0;
            }
            return ratio(apps, sum(s.devices));
        });
        d.share("apple_share", NO_DEVICE, "activity from iPhones and iOS apps ÷ all with a device", (s, t) -> {
            long apple = 0;
            for (Device device : Device.values()) {
                apple += device.apple() ? s.devices[device.ordinal()] : 0;
            }
            return ratio(apple, sum(s.devices));
        });
        d.share(
                "tablet_share",
                NO_DEVICE,
                "activity from tablets ÷ all with a device",
                (s, t) -> ratio(s.devices[Device.TABLET.ordinal()], sum(s.devices)));
        d.share(
                "device_evenness",
                NO_DEVICE,
                "entropy of the kinds of device ÷ ln 6; 0 is always the same kind",
                (s, t) -> evenness(s.devices, Device.values().length));
        d.add(
                "last_device_mobile",
                "0 or 1",
                "0 or 1",
                NO_DEVICE,
                "1 when the last known device was a mobile one",
                (s, t) -> s.lastDevice < 0 ? Double.NaN : Device.values()[s.lastDevice].mobile() ? 1 : 0);
    }

    private static void channels(Declarations d) {
        for (Channel channel : Channel.values()) {
            d.share(
                    "channel_" + channel.name().toLowerCase(Locale.ROOT) + "_share",
                    NO_CHANNEL,
                    "activity brought by this channel ÷ all with a known one",
                    (s, t) -> ratio(s.channels[channel.ordinal()], sum(s.channels)));
        }
        d.add(
                "last_channel_email",
                "0 or 1",
                "0 or 1",
                NO_CHANNEL,
                "1 when the last known channel was a mail",
                (s, t) -> s.lastChannel < 0 ? Double.NaN : s.lastChannel == Channel.EMAIL.ordinal() ? 1 : 0);
    }

    private static void season(Declarations d) {
        d.add(
                "season_sin",
                "1",
                "-1 to 1",
                Declarations.NEVER,
                "sin(2π · day of year ÷ 365.25) of asOf, UTC",
                (s, t) -> Math.sin(season(t)));
        d.add(
                "season_cos",
                "1",
                "-1 to 1",
                Declarations.NEVER,
                "cos(2π · day of year ÷ 365.25) of asOf, UTC",
                (s, t) -> Math.cos(season(t)));
        for (int q = 0; q < 4; q++) {
            int quarter = q;
            d.share(
                    "orders_quarter_%d_share".formatted(q + 1),
                    NO_ORDER,
                    "orders in this quarter of the year (local) ÷ orders",
                    (s, t) -> ratio(s.quarters[quarter], s.orders));
        }
        d.share(
                "orders_holiday_share",
                NO_ORDER,
                "orders in November and December (local) ÷ orders",
                (s, t) -> ratio(s.holidayOrders, s.orders));
    }

    private static void consents(Declarations d) {
        for (String channel : new String[] {"email", "sms", "push"}) {
            d.flag(channel + "_consent", "consent to %s/marketing is granted".formatted(channel), (s, t) -> {
                Consent consent = s.consent(channel, "marketing");
                return consent != null && consent.granted() ? 1 : 0;
            });
        }
    }

    private static double season(long asOf) {
        return 2 * Math.PI * today(asOf).getDayOfYear() / 365.25;
    }
}

package winback.profile.money;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.format.annotation.DateTimeFormat;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import winback.chassis.problems.Problem;
import winback.profile.features.Deployment;

@RestController
@Tag(name = "Exchange rates")
class RateController {

    /** {@code rate} is how many of the deployment's currency for one of this; null takes the day's rate back. */
    record DatedRate(@Nullable LocalDate day, @Nullable BigDecimal rate) {}

    record DatedRates(@Nullable List<@Nullable DatedRate> rates) {}

    record RatePage(
            String currency,
            String into,
            List<DatedRate> rates,
            @Nullable String nextCursor) {}

    private static final int MAX_RATES = 5000;
    private static final BigDecimal MAX_RATE = BigDecimal.TEN.pow(9);
    private static final LocalDate FIRST_DAY = LocalDate.EPOCH;

    private final ExchangeRates rates;
    private final Deployment deployment;

    RateController(ExchangeRates rates, Deployment deployment) {
        this.rates = rates;
        this.deployment = deployment;
    }

    @PutMapping("/v1/rates/{currency}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(summary = "Set a currency's rates by day; profiles with money of these days follow within seconds")
    void put(@PathVariable String currency, @RequestBody DatedRates body) {
        String code = code(currency);
        List<@Nullable DatedRate> sent = body.rates();
        if (sent == null || sent.isEmpty() || sent.size() > MAX_RATES) {
            throw Problem.invalid("rates", "wrong-size", "1 to %,d rates at once".formatted(MAX_RATES));
        }
        List<ExchangeRates.Rate> checked = new ArrayList<>();
        Set<LocalDate> days = new HashSet<>();
        for (int i = 0; i < sent.size(); i++) {
            DatedRate rate = sent.get(i);
            if (rate == null || rate.day() == null) {
                throw Problem.invalid("rates[%d].day".formatted(i), "missing", "a day such as 2026-11-24");
            }
            if (rate.day().isBefore(FIRST_DAY) || rate.day().getYear() > 9999) {
                throw Problem.invalid("rates[%d].day".formatted(i), "out-of-range", "from 1970 to 9999");
            }
            BigDecimal value = rate.rate();
            if (value != null && (value.signum() <= 0 || value.compareTo(MAX_RATE) > 0 || value.scale() > 18)) {
                throw Problem.invalid(
                        "rates[%d].rate".formatted(i), "out-of-range", "above 0, at most 1e9, at most 18 decimals");
            }
            if (!days.add(rate.day())) {
                throw Problem.invalid("rates[%d].day".formatted(i), "repeated", "each day once");
            }
            checked.add(new ExchangeRates.Rate(rate.day(), value));
        }
        rates.put(code, checked);
    }

    @GetMapping("/v1/rates/{currency}")
    @Operation(summary = "A currency's rates by day")
    RatePage list(
            @PathVariable String currency,
            @RequestParam(defaultValue = "1000") @Min(1) @Max(5000) int limit,
            @RequestParam(required = false) @DateTimeFormat(iso = DateTimeFormat.ISO.DATE) @Nullable LocalDate cursor) {
        List<ExchangeRates.Rate> found = new ArrayList<>(rates.list(code(currency), cursor, limit + 1));
        String next = null;
        if (found.size() > limit) {
            found.removeLast();
            next = found.getLast().day().toString();
        }
        return new RatePage(
                currency,
                deployment.currency(),
                found.stream()
                        .map(rate -> new DatedRate(rate.day(), rate.rate()))
                        .toList(),
                next);
    }

    private String code(String currency) {
        if (!currency.matches("[A-Z]{3}") || currency.equals(deployment.currency())) {
            throw Problem.invalid(
                    "currency",
                    "bad-currency",
                    "three capital letters, such as EUR, other than the deployment's " + deployment.currency());
        }
        return currency;
    }
}

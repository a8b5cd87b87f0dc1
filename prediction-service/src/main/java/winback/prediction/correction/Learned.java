package winback.prediction.correction;

import java.util.List;
import java.util.function.ToDoubleBiFunction;
import org.jspecify.annotations.Nullable;
import winback.prediction.purchases.PurchaseHistory;

/**
 * Over what members learned to correct a first guess, and what is guessed of customers in the mean.
 *
 * @param days of the members' labels
 * @param usual guess over these days, as a margin; the mean over customers
 * @param usualAsked guess over the model's own horizon, likewise
 */
public record Learned(int days, double usual, double usualAsked) {

    /**
     * @param customers at least one
     * @param guess of a customer over a number of days, as a margin
     */
    public static Learned of(
            int days,
            int horizonDays,
            List<PurchaseHistory> customers,
            ToDoubleBiFunction<PurchaseHistory, Integer> guess) {
        double usual = mean(customers, guess, days);
        return new Learned(days, usual, days == horizonDays ? usual : mean(customers, guess, horizonDays));
    }

    /**
     * Of models that were kept before this was: members learned over the horizon.
     *
     * @param kept mean of the guesses over it; where that was not kept either, a new customer's stands in
     */
    public static Learned unknown(
            int horizonDays, @Nullable Double kept, ToDoubleBiFunction<PurchaseHistory, Integer> guess) {
        double usual = kept == null ? guess.applyAsDouble(PurchaseHistory.NEW, horizonDays) : kept;
        return new Learned(horizonDays, usual, usual);
    }

    private static double mean(
            List<PurchaseHistory> customers, ToDoubleBiFunction<PurchaseHistory, Integer> guess, int days) {
        return customers.stream()
                .mapToDouble(customer -> guess.applyAsDouble(customer, days))
                .average()
                .orElseThrow();
    }
}

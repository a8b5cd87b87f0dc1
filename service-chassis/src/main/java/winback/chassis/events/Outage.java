package winback.chassis.events;

import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLTransientException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.kafka.KafkaException;
import org.springframework.kafka.listener.BatchListenerFailedException;
import org.springframework.transaction.TransactionException;

/** Tells failures of what we depend on, which pass and are waited for, from failures of a record, which do not. */
public final class Outage {

    private Outage() {}

    /** Whether the failure, or a cause of it, is the database's or Kafka's absence rather than the data's fault. */
    public static boolean isOutage(@Nullable Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            boolean outage = switch (cause) {
                case BatchListenerFailedException wrapper -> false;
                case DataAccessResourceFailureException away -> true;
                case TransientDataAccessException away -> true;
                case RecoverableDataAccessException away -> true;
                case TransactionException away -> true;
                case SQLTransientException away -> true;
                case SQLNonTransientConnectionException away -> true;
                case java.net.SocketException away -> true;
                case TimeoutException away -> true;
                case org.apache.kafka.common.errors.RetriableException away -> true;
                case KafkaException away -> away.getCause() == null || isKafkaTrouble(away.getCause());
                default -> false;
            };
            if (outage) {
                return true;
            }
            if (cause instanceof java.sql.SQLException sql && connectionLost(sql.getSQLState())) {
                return true;
            }
        }
        return false;
    }

    private static boolean isKafkaTrouble(Throwable cause) {
        return cause instanceof TimeoutException || cause instanceof org.apache.kafka.common.errors.RetriableException;
    }

    /** SQL states 08 connection exception, 53 insufficient resources, 57 operator intervention. */
    private static boolean connectionLost(@Nullable String state) {
        return state != null && (state.startsWith("08") || state.startsWith("53") || state.startsWith("57"));
    }
}

package winback.content.llm;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Calls of the model in PostgreSQL: the audit, and what has been spent. */
@Component
public class CallTables {

    record Spent(long tokens, double money) {}

    private final JdbcClient db;

    CallTables(JdbcClient db) {
        this.db = db;
    }

    void insert(Call call) {
        db.sql("""
                        INSERT INTO model_call (call_id, generation_id, model, attempt, prompt, answer, outcome, detail,
                          input_tokens, output_tokens, cost, started_at, millis)
                        VALUES (:id, :generation, :model, :attempt, :prompt, :answer, :outcome, :detail, :input,
                          :output, :cost, :started, :millis)
                        """)
                .param("id", call.callId())
                .param("generation", call.generationId())
                .param("model", call.model())
                .param("attempt", call.attempt())
                // PostgreSQL's text cannot hold it, and a model may write it.
                .param("prompt", call.prompt().replace("\0", "\uFFFD"))
                .param("answer", call.answer().replace("\0", "\uFFFD"))
                .param("outcome", call.outcome())
                .param("detail", call.detail())
                .param("input", call.inputTokens())
                .param("output", call.outputTokens())
                .param("cost", call.cost())
                .param("started", Timestamp.from(call.startedAt()))
                .param("millis", call.millis())
                .update();
    }

    Spent since(Instant instant) {
        return db.sql("""
                        SELECT coalesce(sum(input_tokens + output_tokens), 0), coalesce(sum(cost), 0)
                        FROM model_call WHERE started_at >= :instant
                        """)
                .param("instant", Timestamp.from(instant))
                .query((row, n) -> new Spent(row.getLong(1), row.getDouble(2)))
                .single();
    }

    /** Of a generation, oldest first. */
    public List<Call> of(UUID generationId) {
        return db.sql("""
                        SELECT call_id, generation_id, model, attempt, prompt, answer, outcome, detail, input_tokens,
                          output_tokens, cost, started_at, millis
                        FROM model_call WHERE generation_id = :id ORDER BY started_at, attempt
                        """)
                .param("id", generationId)
                .query((row, n) -> new Call(
                        row.getObject(1, UUID.class),
                        row.getObject(2, UUID.class),
                        row.getString(3),
                        row.getInt(4),
                        row.getString(5),
                        row.getString(6),
                        row.getString(7),
                        row.getString(8),
                        row.getLong(9),
                        row.getLong(10),
                        row.getDouble(11),
                        row.getTimestamp(12).toInstant(),
                        row.getLong(13)))
                .list();
    }

    int deleteBefore(Instant instant) {
        return db.sql("DELETE FROM model_call WHERE started_at < :instant")
                .param("instant", Timestamp.from(instant))
                .update();
    }
}

package winback.prediction.datasets;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import winback.chassis.events.Batches;
import winback.contracts.Event;
import winback.contracts.TrainingPartitionClosed;
import winback.contracts.TrainingRow;

/** Hears the rows that profile-service publishes. */
@Component
class TrainingListener {

    private final Datasets datasets;
    private final TransactionTemplate transaction;

    TrainingListener(Datasets datasets, TransactionTemplate transaction) {
        this.datasets = datasets;
        this.transaction = transaction;
    }

    @KafkaListener(
            topics = "${winback.topics.prefix}winback.training",
            groupId = "${winback.topics.prefix}prediction-training")
    void on(List<ConsumerRecord<String, Event>> batch) {
        Batches.process(batch, this::apply);
    }

    private void apply(List<ConsumerRecord<String, Event>> batch) {
        transaction.executeWithoutResult(status -> {
            List<Datasets.Received> rows = new ArrayList<>();
            List<TrainingPartitionClosed> closings = new ArrayList<>();
            for (ConsumerRecord<String, Event> record : batch) {
                if (record.value() instanceof TrainingRow row) {
                    rows.add(new Datasets.Received(record.partition(), row));
                } else if (record.value() instanceof TrainingPartitionClosed closed) {
                    closings.add(closed);
                }
            }
            if (!rows.isEmpty()) {
                datasets.keep(rows);
            }
            closings.forEach(datasets::close);
        });
    }
}

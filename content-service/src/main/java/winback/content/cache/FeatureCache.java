package winback.content.cache;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;
import winback.chassis.events.EventDeserializer;
import winback.content.broadcast.TopicReader;
import winback.contracts.SubscriberErased;
import winback.contracts.SubscriberMerged;
import winback.contracts.Topic;

/**
 * Every subscriber's current state, from the three compacted topics, without those who were merged away or erased: packed
 * bytes in one {@link SubscriberTable} for each partition. Lookups are lock-free; each partition has one writer.
 */
public final class FeatureCache {

    private static final List<Topic> TOPICS = List.of(Topic.PROFILE, Topic.SCORES, Topic.SEND_TIMES, Topic.IDENTITIES);

    /** In the order of a subscriber's bytes. */
    private static final List<Topic> PARTS = List.of(Topic.PROFILE, Topic.SCORES, Topic.SEND_TIMES);

    private final SharedValues shared = new SharedValues();
    private final AtomicReferenceArray<SubscriberTable> tables;
    private final Map<String, Topic> byName = new HashMap<>();
    private final Map<Topic, Counter> skipped = new EnumMap<>(Topic.class);
    private final Counter outdated;

    /**
     * @param partitions of each topic
     * @param nameOf a topic on the broker
     */
    FeatureCache(int partitions, Function<Topic, String> nameOf, MeterRegistry meters) {
        tables = new AtomicReferenceArray<>(IntStream.range(0, partitions)
                .mapToObj(partition -> new SubscriberTable())
                .toArray(SubscriberTable[]::new));
        for (Topic topic : TOPICS) {
            byName.put(nameOf.apply(topic), topic);
            skipped.put(
                    topic,
                    Counter.builder("winback.cache.skipped")
                            .description("Records that could not be read")
                            .tag("topic", topic.wireName())
                            .register(meters));
        }
        outdated = Counter.builder("winback.cache.outdated")
                .description("Records with an older version than the one held")
                .register(meters);
        Gauge.builder("winback.cache.subscribers", this, FeatureCache::size).register(meters);
        Gauge.builder("winback.cache.bytes", this, FeatureCache::heapBytes)
                .description("What they take of the heap")
                .baseUnit("bytes")
                .register(meters);
    }

    /** How many subscribers something is known of. */
    public int size() {
        return tables().mapToInt(SubscriberTable::size).sum();
    }

    private long heapBytes() {
        return tables().mapToLong(SubscriberTable::heapBytes).sum();
    }

    /** Null when nothing is known of that subscriber. */
    public @Nullable Subscriber find(String subscriberId) {
        byte[] key = subscriberId.getBytes(StandardCharsets.UTF_8);
        int hash = Utils.murmur2(key);
        byte[] packed = table(Utils.toPositive(hash) % partitions()).find(SubscriberTable.hash(hash), key);
        return packed == null ? null : new Subscriber(packed, shared);
    }

    /** Which partition a subscriber belongs to, as Kafka's producers divide them. */
    public int partition(String subscriberId) {
        return Utils.toPositive(Utils.murmur2(subscriberId.getBytes(StandardCharsets.UTF_8))) % partitions();
    }

    private SubscriberTable table(int partition) {
        return tables.get(partition);
    }

    private Stream<SubscriberTable> tables() {
        return IntStream.range(0, partitions()).mapToObj(this::table);
    }

    /** How many partitions the subscribers are in. */
    public int partitions() {
        return tables.length();
    }

    /**
     * An order of the subscribers of a partition that stays the same: by their mixed hashes, as unsigned numbers.
     *
     * @return each hash once
     */
    public int[] order(int partition) {
        return table(partition).hashes();
    }

    /** The subscribers of one hash as they are now. */
    public List<Subscriber> with(int partition, int hash) {
        return table(partition).with(hash).stream()
                .map(packed -> new Subscriber(packed, shared))
                .toList();
    }

    List<String> topicNames() {
        return List.copyOf(byName.keySet());
    }

    /** What one thread fills partitions with; no other may fill the same. */
    TopicReader.Handler filler() {
        return new Filler();
    }

    private final class Filler implements TopicReader.Handler {
        private final SubscriberJson json = new SubscriberJson(shared);
        private final EventDeserializer events = new EventDeserializer();
        private final Packer part = new Packer();
        private final Packer whole = new Packer();

        @Override
        public void on(ConsumerRecord<byte[], byte[]> record) {
            Topic topic = byName.get(record.topic());
            if (topic == null) {
                return;
            }
            byte[] key = record.key();
            int hash = SubscriberTable.hash(Utils.murmur2(key));
            SubscriberTable table = table(record.partition());
            byte[] known = table.find(hash, key);
            if (topic == Topic.IDENTITIES) {
                since(record, table, hash, key, known);
                return;
            }
            part.clear();
            byte[] value = record.value();
            if (value != null) {
                pack(topic, value);
                if (known != null && isOlder(part, known, PARTS.indexOf(topic))) {
                    outdated.increment();
                    return;
                }
            }
            replace(table, hash, key, known, PARTS.indexOf(topic));
        }

        private void pack(Topic topic, byte[] value) {
            switch (topic) {
                case PROFILE -> json.profile(value, part);
                case SCORES -> json.scores(value, part);
                case SEND_TIMES -> json.sendTimes(value, part);
                default -> throw new IllegalArgumentException("no part of a subscriber: " + topic);
            }
        }

        /** Each part begins with its version. */
        private static boolean isOlder(Packer part, byte[] known, int place) {
            Unpacker parts = parts(known);
            for (int i = 0; i < place; i++) {
                parts.skip(parts.small());
            }
            return parts.small() > 0 && part.firstWhole() < parts.whole();
        }

        private void replace(SubscriberTable table, int hash, byte[] key, byte @Nullable [] known, int place) {
            whole.clear();
            whole.put(SubscriberTable.head(hash), 0, Integer.BYTES);
            whole.putCount(key.length);
            whole.put(key, 0, key.length);
            Unpacker parts = known == null ? null : parts(known);
            boolean empty = true;
            for (int i = 0; i < PARTS.size(); i++) {
                int length = parts == null ? 0 : parts.small();
                if (i == place) {
                    whole.putCount(part.size());
                    whole.put(part);
                    empty &= part.size() == 0;
                } else {
                    whole.putCount(length);
                    if (known != null && parts != null) {
                        whole.put(known, parts.at(), length);
                    }
                    empty &= length == 0;
                }
                if (parts != null) {
                    parts.skip(length);
                }
            }
            if (empty) {
                table.remove(hash, key);
            } else {
                table.put(hash, key, whole.toArray());
            }
        }

        /** Of a profile newer than a merge or an erasure everything stays, else nothing. The tombstones say the same, later. */
        private void since(
                ConsumerRecord<byte[], byte[]> record,
                SubscriberTable table,
                int hash,
                byte[] key,
                byte @Nullable [] known) {
            Instant gone = switch (events.deserialize(record.topic(), record.headers(), record.value())) {
                case SubscriberErased erased -> erased.erasedAt();
                case SubscriberMerged merged -> merged.at();
                case null -> null;
                default -> null;
            };
            if (gone == null || known == null) {
                return;
            }
            Subscriber subscriber = new Subscriber(known, shared);
            if (!subscriber.hasProfile() || !subscriber.featuresAsOf().isAfter(gone)) {
                table.remove(hash, key);
            }
        }

        @Override
        public void onGone(int partition) {
            tables.set(partition, new SubscriberTable());
        }

        @Override
        public void onSkipped(ConsumerRecord<byte[], byte[]> record) {
            Topic topic = byName.get(record.topic());
            Counter counter = topic == null ? null : skipped.get(topic);
            if (counter != null) {
                counter.increment();
            }
        }
    }

    /** Behind the id. */
    private static Unpacker parts(byte[] packed) {
        Unpacker parts = new Unpacker(packed, Integer.BYTES);
        parts.skip(parts.small());
        return parts;
    }
}

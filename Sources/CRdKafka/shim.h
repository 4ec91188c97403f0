#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

// rd_kafka_producev is variadic and its arguments are macros: Swift sees neither.
// Key and value are copied. Partition -1 is the one the configured partitioner picks; `batch` comes back in the
// delivery report and is never followed as a pointer.
static inline rd_kafka_resp_err_t starling_kafka_produce(
    rd_kafka_t *client, const char *topic, int32_t partition, const void *key, size_t key_size, const void *value, size_t value_size,
    uintptr_t batch)
{
    return rd_kafka_producev(
        client, RD_KAFKA_V_TOPIC(topic), RD_KAFKA_V_PARTITION(partition), RD_KAFKA_V_KEY(key, key_size), RD_KAFKA_V_VALUE(value, value_size),
        RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_OPAQUE((void *)batch), RD_KAFKA_V_END);
}

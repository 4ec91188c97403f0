import CRdKafka

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

// A Kafka cluster for tests: the mock brokers that come with librdkafka, in a process of their own.
//
// `MockKafkaCluster [BROKERS]` prints `bootstrap host:port,…` and then answers each line it reads with one line: `ok`, or
// `error` and a reason. It ends with its standard input, so with the one that started it.
//
// The mock is no broker: it keeps everything in memory, about 5 MB a partition and 20 MB in all (what is older goes), it
// knows no admin requests (`topic` creates one), compacts and replicates nothing, and moves no leader when a broker goes.

/// Unbuffered, so that the other end of the pipe sees it at once.
func say(_ line: String, on descriptor: Int32 = 1) {
    let bytes = Array((line + "\n").utf8)
    _ = write(descriptor, bytes, bytes.count)
}

guard let configuration = rd_kafka_conf_new(),
    let client = rd_kafka_new(RD_KAFKA_PRODUCER, configuration, nil, 0),
    let cluster = rd_kafka_mock_cluster_new(client, CommandLine.arguments.dropFirst().first.flatMap(Int32.init) ?? 3)
else {
    say("the mock cluster does not start", on: 2)
    exit(1)
}
say("bootstrap " + String(cString: rd_kafka_mock_cluster_bootstraps(cluster)))

func answer(_ words: [Substring]) -> String {
    let numbers = words.dropFirst().map { Int32($0) ?? -1 }
    switch (words.first, words.count) {
    case ("broker-down", 2): return outcome(rd_kafka_mock_broker_set_down(cluster, numbers[0]))
    case ("broker-up", 2): return outcome(rd_kafka_mock_broker_set_up(cluster, numbers[0]))
    case ("rtt", 3): return outcome(rd_kafka_mock_broker_set_rtt(cluster, numbers[0], numbers[1]))
    case ("topic", 3):
        return outcome(rd_kafka_mock_topic_create(cluster, String(words[1]), numbers[1], 1))
    case ("error", 4):
        guard let count = Int(words[3]), (1...10_000).contains(count), let api = Int16(words[1]) else { break }
        let code = Int32(words[2]).map(rd_kafka_resp_err_t.init(rawValue:)) ?? RD_KAFKA_RESP_ERR_UNKNOWN
        rd_kafka_mock_push_request_errors_array(
            cluster, api, count, [rd_kafka_resp_err_t](repeating: code, count: count))
        return "ok"
    default: break
    }
    return "error unknown command"
}

func outcome(_ error: rd_kafka_resp_err_t) -> String {
    error == RD_KAFKA_RESP_ERR_NO_ERROR ? "ok" : "error " + String(cString: rd_kafka_err2str(error))
}

while let line = readLine() {
    let words = line.split(separator: " ")
    if words.first == "quit" { break }
    say(answer(words))
}
rd_kafka_mock_cluster_destroy(cluster)
rd_kafka_destroy(client)

import Metrics
import Telemetry

extension MetricName {
    package static let streamConnections = "starling_stream_connections"
    /// Label `event`: the event's name.
    package static let streamEvents = "starling_stream_events"
    /// Label `reason`: a `StreamEnd`.
    package static let streamEnds = "starling_stream_ends"
    /// Label `reason`: `account` or `server`.
    package static let streamRefusals = "starling_stream_refusals"
    /// Label `outcome`: `resumed` or `reset`.
    package static let streamResumes = "starling_stream_resumes"

    /// Help texts of the above, by name.
    package static let streamHelp: [String: String] = [
        streamConnections: "Streams that are open.",
        streamEvents: "Events written to streams, by event.",
        streamEnds: "Streams that the server ended, by reason.",
        streamRefusals: "Streams refused because of a limit, by whose.",
        streamResumes: "Streams that asked for what they missed, by whether it was still there.",
    ]
}

struct StreamMetrics: Sendable {
    let connections = Gauge(label: MetricName.streamConnections)
    private let events: [String: Counter]
    private let ends: [StreamEnd: Counter]
    let refusedAccount = Counter(label: MetricName.streamRefusals, dimensions: [("reason", "account")])
    let refusedServer = Counter(label: MetricName.streamRefusals, dimensions: [("reason", "server")])
    let resumed = Counter(label: MetricName.streamResumes, dimensions: [("outcome", "resumed")])
    let reset = Counter(label: MetricName.streamResumes, dimensions: [("outcome", "reset")])

    init() {
        let names = ["post.new", "post.updated", "post.deleted", "counters", "notification", "read-marker", "reset"]
        events = Dictionary(
            uniqueKeysWithValues: names.map {
                ($0, Counter(label: MetricName.streamEvents, dimensions: [("event", $0)]))
            })
        ends = Dictionary(
            uniqueKeysWithValues: StreamEnd.allCases.map {
                ($0, Counter(label: MetricName.streamEnds, dimensions: [("reason", $0.rawValue)]))
            })
    }

    func sent(_ event: StreamEvent, _ count: Int) {
        if count > 0 { events[event.name]?.increment(by: count) }
    }

    func ended(_ reason: StreamEnd) { ends[reason]?.increment() }
}

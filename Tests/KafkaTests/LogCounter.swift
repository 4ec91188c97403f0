import Logging
import Synchronization

/// Counts what is logged with one message.
final class LogCounter: Sendable {
    private let message: String
    private let counted = Atomic<Int>(0)

    init(_ message: String) {
        self.message = message
    }

    var count: Int { counted.load(ordering: .relaxed) }
    var logger: Logger { Logger(label: "counted") { _ in Handler(counter: self) } }

    private struct Handler: LogHandler {
        let counter: LogCounter
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(
            level: Logger.Level, message: Logger.Message, metadata: Logger.Metadata?, source: String, file: String,
            function: String, line: UInt
        ) {
            if message.description == counter.message { counter.counted.add(1, ordering: .relaxed) }
        }
    }
}

import Core
import Logging

/// Writes each log entry as one line, as logfmt or JSON: `time`, `level`, `msg`, `logger`, then the metadata by key.
///
/// Metadata given with the entry wins over the metadata provider's, and that over the logger's own.
package struct StructuredLogHandler: LogHandler {
    private static let reservedKeys: Set<String> = ["time", "level", "msg", "logger"]

    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    private let label: String
    private let format: LogFormat
    private let sink: any LogSink
    private let clock: WallClock

    package init(
        label: String,
        format: LogFormat,
        level: Logger.Level = .info,
        sink: any LogSink = StandardErrorSink(),
        clock: WallClock = .system
    ) {
        self.label = label
        self.format = format
        self.sink = sink
        self.clock = clock
        logLevel = level
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        let time = Timestamp(millisecondsSince1970: clock.now())
        let fields = fields(of: event)
        var text = LogText()
        switch format {
        case .logfmt: writeLogfmt(event, time: time, fields: fields, to: &text)
        case .json: writeJSON(event, time: time, fields: fields, to: &text)
        }
        sink.write(text.bytes)
    }

    private func fields(of event: LogEvent) -> [(key: String, value: Logger.MetadataValue)] {
        var merged = metadata
        if let provided = metadataProvider?.get() { merged.merge(provided) { $1 } }
        if let given = event.metadata { merged.merge(given) { $1 } }
        if let error = event.error { merged[LogKey.error] = "\(error)" }
        return merged.sorted { $0.key < $1.key }
    }

    private func writeLogfmt(
        _ event: LogEvent, time: Timestamp, fields: [(key: String, value: Logger.MetadataValue)],
        to text: inout LogText
    ) {
        text.append("time=")
        text.append(time)
        text.append(" level=")
        text.appendLogfmt(event.level.rawValue)
        text.append(" msg=")
        text.appendQuoted(event.message.description)
        text.append(" logger=")
        text.appendLogfmt(label)
        for (key, value) in fields {
            guard !text.isFull else {
                text.append(" truncated=true")
                break
            }
            text.append(" ")
            text.appendKey(Self.unreserved(key))
            text.append("=")
            text.appendLogfmt(value)
        }
        text.append("\n")
    }

    private func writeJSON(
        _ event: LogEvent, time: Timestamp, fields: [(key: String, value: Logger.MetadataValue)],
        to text: inout LogText
    ) {
        text.append("{\"time\":\"")
        text.append(time)
        text.append("\",\"level\":")
        text.appendQuoted(event.level.rawValue)
        text.append(",\"msg\":")
        text.appendQuoted(event.message.description)
        text.append(",\"logger\":")
        text.appendQuoted(label)
        for (key, value) in fields {
            guard !text.isFull else {
                text.append(",\"truncated\":true")
                break
            }
            text.append(",")
            text.appendQuoted(Self.unreserved(key))
            text.append(":")
            text.appendJSON(value)
        }
        text.append("}\n")
    }

    /// Keeps metadata from repeating the keys every line has.
    private static func unreserved(_ key: String) -> String {
        reservedKeys.contains(key) ? key + "_" : key
    }
}

import Core
import Synchronization
import Testing

@testable import Telemetry

@Suite struct StructuredLogHandlerTests {
    final class MemorySink: LogSink {
        private let written = Mutex<[String]>([])
        var lines: [String] { written.withLock { $0 } }

        func write(_ line: [UInt8]) {
            written.withLock { $0.append(String(decoding: line, as: UTF8.self)) }
        }
    }

    let sink = MemorySink()

    func logger(_ format: LogFormat, level: Logger.Level = .info) -> Logger {
        Logger(label: "starling") { [sink] label in
            StructuredLogHandler(
                label: label, format: format, level: level, sink: sink, clock: WallClock { 1_795_209_645_123 })
        }
    }

    @Test("logfmt: keys in order, quotes where needed")
    func logfmt() {
        var logger = logger(.logfmt)
        logger[metadataKey: LogKey.requestID] = "0123456789abcdef"
        logger.info(
            "served", metadata: [LogKey.route: "/v1/feed", LogKey.durationMS: .stringConvertible(1.5), "note": "a b"])
        #expect(
            sink.lines == [
                #"time=2026-11-20T21:20:45.123Z level=info msg="served" logger=starling duration_ms=1.5 note="a b" "#
                    + "request_id=0123456789abcdef route=/v1/feed\n"
            ])
    }

    @Test("JSON: numbers and Booleans keep their type, nested metadata its shape")
    func json() {
        logger(.json).warning(
            "slow",
            metadata: [
                "count": .stringConvertible(3), "ok": .stringConvertible(true), "ids": ["1", "2"],
                "of": ["b": "2", "a": "1"],
            ])
        #expect(
            sink.lines == [
                #"{"time":"2026-11-20T21:20:45.123Z","level":"warning","msg":"slow","logger":"starling","count":3,"#
                    + #""ids":["1","2"],"of":{"a":"1","b":"2"},"ok":true}"# + "\n"
            ])
    }

    @Test("an entry's metadata wins over the provider's, and that over the logger's")
    func precedence() {
        var handler = StructuredLogHandler(label: "l", format: .logfmt, sink: sink, clock: WallClock { 0 })
        handler.metadata = ["a": "logger", "b": "logger", "c": "logger"]
        handler.metadataProvider = Logger.MetadataProvider { ["b": "provider", "c": "provider"] }
        let logger = Logger(label: "l") { _ in handler }
        logger.info("m", metadata: ["c": "entry"])
        #expect(sink.lines.first?.hasSuffix("a=logger b=provider c=entry\n") == true)
    }

    @Test("nothing logged can end the line or forge a key", arguments: LogFormat.allCases)
    func injection(format: LogFormat) throws {
        let hostile = "x\" level=critical\r\nmsg=forged \u{1B}[2J\u{0}\u{7F}\u{85}\u{2028}\u{202E}\u{2066}\\"
        logger(format).info("\(hostile)", metadata: ["k\n=\"": "\(hostile)", "list": ["\(hostile)"]])
        let line = try #require(sink.lines.first)
        #expect(sink.lines.count == 1)
        let hidden = line.dropLast().unicodeScalars.filter { scalar in
            scalar.properties.generalCategory == .control || [0x2028, 0x202E, 0x2066].contains(scalar.value)
        }
        #expect(hidden.isEmpty)
        let escaped =
            #"x\" level=critical\r\nmsg=forged \u001b[2J\u0000\u007f\u0085\u2028\u202e\u2066\\"#
        #expect(line.contains("\"\(escaped)\""))
        if format == .logfmt { #expect(line.contains(" k___=\"\(escaped)\" ")) }
    }

    @Test("metadata cannot repeat the keys of the line", arguments: LogFormat.allCases)
    func reserved(format: LogFormat) throws {
        logger(format).info("m", metadata: ["level": "critical", "time": "never"])
        let line = try #require(sink.lines.first)
        #expect(line.contains("level_"))
        #expect(line.contains("time_"))
        #expect(line.ranges(of: format == .json ? "\"level\":" : " level=").count == 1)
    }

    @Test("long values and lines are cut at a whole character", arguments: LogFormat.allCases)
    func bounds(format: LogFormat) throws {
        let long = String(repeating: "é", count: Limits.logValueBytesMax)
        let metadata = Dictionary(
            uniqueKeysWithValues: (0..<20).map { ("key\($0)", Logger.MetadataValue.string(long)) })
        logger(format).info("\(long)", metadata: metadata)
        let line = try #require(sink.lines.first)
        #expect(line.utf8.count < Limits.logLineBytesMax + 2 * Limits.logValueBytesMax)
        #expect(!line.contains("\u{FFFD}"))
        #expect(line.contains("é…\""))
        #expect(line.contains(format == .json ? "\"truncated\":true}\n" : " truncated=true\n"))
    }

    @Test("entries below the level are not written")
    func level() {
        logger(.logfmt, level: .warning).info("quiet")
        #expect(sink.lines.isEmpty)
    }
}

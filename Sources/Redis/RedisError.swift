/// Why a batch was not answered, or why a reply is not what was asked for.
package struct RedisError: Error, Equatable, CustomStringConvertible {
    /// The kinds of failure a caller may want to tell apart.
    package enum Code: String, Sendable, CaseIterable {
        /// There is no connection; nothing was sent.
        case unavailable
        /// Too much waits for an answer already; nothing was sent.
        case overloaded
        /// The node failed again and again and is left alone for a moment; nothing was sent.
        case circuitOpen = "circuit_open"
        /// No answer in the time allowed. The commands may run all the same.
        case deadlineExceeded = "deadline_exceeded"
        /// The connection ended before the answer. The commands may have run.
        case connectionLost = "connection_lost"
        /// The peer does not speak the protocol, or exceeded a limit; its connection was closed.
        case malformedReply = "malformed_reply"
        /// The server's answer to a command is an error.
        case server
        /// The answer is of another type than the one read.
        case unexpectedReply = "unexpected_reply"
        /// The client was closed.
        case closed
        /// A URL or setting that makes no sense.
        case invalidSetting = "invalid_setting"
    }

    package let code: Code
    /// What happened, for people: an address, a limit or the server's own words.
    package let detail: String

    /// Whether commands may have taken effect although there is no answer.
    package let mayHaveRun: Bool

    package init(_ code: Code, _ detail: String) {
        let mayHaveRun = code == .deadlineExceeded || code == .connectionLost || code == .malformedReply
        self.init(code, detail, mayHaveRun: mayHaveRun)
    }

    init(_ code: Code, _ detail: String, mayHaveRun: Bool) {
        self.code = code
        self.detail = detail
        self.mayHaveRun = mayHaveRun
    }

    package var description: String { "\(code.rawValue): \(detail)" }

    /// The first word of a server's error, such as `WRONGTYPE`; nil for other errors.
    package var serverCode: Substring? {
        code == .server ? detail.prefix { $0 != " " } : nil
    }
}

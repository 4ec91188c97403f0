import NIOCore

/// What a request does, which decides where its latency is counted.
enum RequestKind: Sendable {
    case read, write
}

/// A request on the wire.
struct PendingRequest {
    let kind: RequestKind
    /// When it was meant to start: latency counts from here, so a busy generator or server hides nothing.
    let startedAt: NIODeadline
    /// When it was written to its connection.
    let sentAt: NIODeadline
}

/// Why a request got no complete response. The raw value is its name in a report.
enum TransportFailure: String, Sendable {
    case connectFailed = "connect failed"
    case closed = "connection closed"
    case timeout
    case malformed = "malformed response"
    case chunked = "chunked response"
}

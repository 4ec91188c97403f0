import NIOCore

/// What the handlers of one connection tell each other. It stays on the connection's event loop.
final class ConnectionState {
    /// Requests that the ordinary pipeline has taken and not answered yet.
    var unanswered = 0
    /// The ordinary pipeline has said, or is about to, that nothing follows.
    var isEnding = false
    /// When the front desk last answered.
    var frontAnswer: NIODeadline?
}

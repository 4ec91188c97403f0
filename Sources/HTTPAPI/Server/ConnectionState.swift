import NIOCore

/// What the handlers of one connection tell each other. It stays on the connection's event loop.
final class ConnectionState {
    /// Requests that the ordinary pipeline has taken and not answered yet.
    var unanswered = 0
    /// The ordinary pipeline has said, or is about to, that nothing follows.
    var isEnding = false
    /// There may be more from the client than is read: what follows could not be, or is too much.
    var isCutShort = false
    /// The ordinary pipeline has bytes that it has not read yet.
    var holdsBytes = false
    /// The newest request is one of HTTP/1.0.
    var isOld = false
    /// When the front desk last answered.
    var frontAnswer: NIODeadline?
}

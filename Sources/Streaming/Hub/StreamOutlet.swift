/// One connection, as the hub sees it. Its methods may be called from any thread, and never wait.
package protocol StreamOutlet: AnyObject, Sendable {
    /// Begins with the id after which events follow, so that a client that is cut off before the first can resume.
    func open(at id: StreamEventID)
    /// - Returns: false where what was sent before is still waiting for the reader.
    func send(_ event: StreamEvent, _ id: StreamEventID) -> Bool
    /// Shows that the connection lives.
    func beat() -> Bool
    func end(_ reason: StreamEnd)
}

/// Why the server ends a stream.
package enum StreamEnd: String, Sendable, CaseIterable {
    /// The token, the session or the account is not good any more.
    case unauthorized
    /// Whether the token is still good cannot be known, since the store does not answer: the client may come back.
    case unavailable
    case slowReader = "slow_reader"
    case stopping
    /// The password was changed in this session, whose token stays good: the client may come back at once.
    case credentialsChanged = "credentials_changed"
}

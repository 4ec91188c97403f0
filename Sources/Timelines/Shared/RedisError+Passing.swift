import EventLog
import Redis

extension RedisError: PassingError {
    /// No event is at fault when Redis does not answer.
    package var isPassing: Bool {
        code != .invalidSetting && code != .unexpectedReply && serverCode.map(Self.passes) ?? true
    }

    /// What a server says while it starts, fails over, or has no room.
    private static func passes(_ code: Substring) -> Bool {
        ["LOADING", "CLUSTERDOWN", "MASTERDOWN", "TRYAGAIN", "READONLY", "OOM", "BUSY", "MISCONF", "NOREPLICAS"]
            .contains(String(code))
    }
}

import EventLog
import Redis

extension RedisError: PassingError {
    /// No event is at fault when Redis does not answer, or refuses whatever the event is: while it starts, fails over, has no room,
    /// or lacks a permission that its operator has to give.
    package var isPassing: Bool {
        switch code {
        case .invalidSetting, .unexpectedReply: false
        case .server: !refusesCommand
        default: true
        }
    }

    /// Whether the same command would be refused again, however the server is set up: what it is about is of another type, or it
    /// makes no sense.
    private var refusesCommand: Bool {
        switch serverCode {
        case "WRONGTYPE"?, "CROSSSLOT"?: true
        case "ERR"?: !Self.operatorsErrors.contains { detail.contains($0) }
        default: false
        }
    }

    /// What Redis says, without a code of its own, of its settings and permissions.
    private static let operatorsErrors = [
        "max number of clients", "unknown command", "unknown subcommand", "ACL failure", "can't run this command",
        "operation not permitted", "invalid password",
    ]
}

import Testing
import TestSupport

/// An account and a token to act as it.
struct Member: Sendable {
    let username: String
    let id: String
    let token: String

    static let password = "correct horse"

    /// Creates accounts by the command line.
    static func created(
        _ usernames: [String], in dataDirectory: String, withPassword: Bool = false
    ) async throws -> [Member] {
        var ids: [String: String] = [:]
        for username in usernames {
            let outcome = try await Starling.succeed(
                ["user", "create", username, "--data-dir", dataDirectory]
                    + (withPassword ? ["--password", password] : []))
            ids[username] = outcome.output.firstMatch(of: /with id ([0-9]+)\./).map { String($0.1) }
        }
        let outcome = try await Starling.succeed(
            ["user", "token", "--names", "--data-dir", dataDirectory] + usernames)
        var tokens: [String: String] = [:]
        for line in outcome.lines {
            let words = line.split(separator: " ").map(String.init)
            if words.count == 2 { tokens[words[0]] = words[1] }
        }
        return usernames.map { Member(username: $0, id: ids[$0] ?? "", token: tokens[$0] ?? "") }
    }
}

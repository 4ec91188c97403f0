import Testing

@testable import Redis

struct NeverHappened: Error, CustomStringConvertible {
    let description: String
}

/// Waits for a condition, asked again and again; it may also not be able to tell yet.
func eventually(
    _ what: String, within limit: Duration = .seconds(240), _ condition: () async throws -> Bool
) async throws {
    let end = ContinuousClock.now + limit
    var latest: (any Error)?
    while ContinuousClock.now < end {
        do {
            if try await condition() { return }
        } catch {
            latest = error
        }
        try await Task.sleep(for: .milliseconds(5))
    }
    throw NeverHappened(description: "\(what); \(latest.map { "\($0)" } ?? "no error")")
}

extension Redis {
    /// One command in a batch of its own.
    func get(_ key: String, deadline: Duration? = nil) async throws -> String? {
        var batch = RedisBatch()
        batch.deadline = deadline
        batch.append("GET", key)
        return try await send(batch).only().string()
    }

    func set(_ key: String, _ value: String) async throws {
        var batch = RedisBatch()
        batch.append("SET", key, value)
        _ = try await send(batch).checked()
    }
}

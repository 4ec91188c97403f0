import Bench
import Dispatch
import SQL

/// Durable posts of about 300 characters with their fan-out to followers whose timelines are in memory.
public final class Publishes: Sendable {
    /// Authors, each with one post in a batch.
    public static let atOnce = 64
    private static let readers = 1_000
    private static let backlog = 1_000

    private let community: Community

    /// Sets everything up, up to warm timelines.
    /// - Parameter followers: of each author.
    public init(followers: Int = 50) async throws {
        var numbers = SplitMix64(seed: 1)
        let readers = Self.atOnce..<Self.atOnce + Self.readers
        let follows = (0..<Self.atOnce).flatMap { author in
            readers.shuffled(using: &numbers).prefix(followers).map { (follower: $0, followee: author) }
        }
        community = try await Community(size: readers.upperBound, follows: follows)
        try await community.importPosts(by: (0..<Self.backlog).map { $0 % Self.atOnce })
        try await community.readFeeds(of: readers)
        try await publish(Self.atOnce)
    }

    /// Publishes `count` posts at once, each by another author, and lets fan-out handle them all.
    public func publish(_ count: Int) async throws {
        try await send(count)
        try await community.server.drain()
    }

    /// The same, in one commit: the writer is held until all of them wait for it.
    ///
    /// How many share a commit otherwise depends on how threads take turns, and so would the cost of each. All tasks
    /// have to run on one thread for this, on which whoever yields comes last.
    public func publishInOneCommit(_ count: Int) async throws {
        let gate = DispatchSemaphore(value: 0)
        let (held, holding) = AsyncStream.makeStream(of: Void.self)
        async let hold: Void = community.server.database.write { _ in
            holding.yield()
            gate.wait()
        }
        for await _ in held { break }
        async let sent: Void = send(count)
        for _ in 0..<Self.yieldsUntilQueued { await Task.yield() }
        gate.signal()
        try await hold
        try await sent
        try await community.server.drain()
    }

    /// More often than a publish suspends before its commit.
    private static let yieldsUntilQueued = 32

    private func send(_ count: Int) async throws {
        community.server.clock.step()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<count {
                group.addTask { [community] in
                    let request = community.postRequest(by: index % Self.atOnce, index)
                    _ = try await community.server.answer(request)
                }
            }
            try await group.waitForAll()
        }
    }
}

import Bench
import HTTPAPI
import NIOCore
import Synchronization

/// Warm reads of the first page of home feeds, from the bytes of the request to the bytes of the answer: token, limits,
/// timelines with pulled authors merged in, visibility, posts, metrics.
public final class FeedReads: Sendable {
    /// Authors with so many followers that their posts are merged in when a feed is read.
    public static let pulledAuthors = 20
    private static let backlog = 2_000

    /// What belongs to one thread of a server, and one connection.
    private struct Seat {
        let desk: FrontDesk
        var visitor = FrontDesk.Visitor(address: "127.0.0.1")
    }

    private let community: Community
    private let requests: [[UInt8]]
    private let seat: Mutex<Seat>

    /// Sets everything up, up to warm timelines.
    /// - Parameters:
    ///   - followees: of each viewer, besides the pulled authors.
    ///   - viewers: who read, by turns.
    public init(followees: Int = 200, viewers: Int = 10) async throws {
        let pulled = viewers..<viewers + Self.pulledAuthors
        let others = pulled.upperBound..<max(1_000, pulled.upperBound + followees)
        var numbers = SplitMix64(seed: UInt64(followees))
        var follows: [(follower: Int, followee: Int)] = []
        for viewer in 0..<viewers {
            follows += pulled.map { (viewer, $0) }
            follows += others.shuffled(using: &numbers).prefix(followees).map { (viewer, $0) }
        }
        for author in pulled { follows += others.prefix(Int(InProcessServer.pullThreshold)).map { ($0, author) } }
        community = try await Community(size: others.upperBound, follows: follows)
        try await community.importPosts(by: (0..<Self.backlog).map { _ in others.randomElement(using: &numbers) ?? 0 })
        requests = (0..<viewers).map(community.feedRequestBytes)
        seat = Mutex(Seat(desk: community.server.frontDesk()))
        // Who has a timeline gets posts pushed; pulled authors are noted as such when they publish.
        try await community.readFeeds(of: 0..<viewers)
        let pushed = others.shuffled(using: &numbers).prefix(200)
        try await community.publish(by: Array(pulled) + pushed + pulled.prefix(5))
        try await community.readFeeds(of: 0..<viewers)
    }

    /// Reads one page after the other.
    /// - Returns: how many bytes the answers had.
    /// - Throws: `WorkloadError` where a page was not answered from memory.
    public func read(_ count: Int) throws -> Int {
        try seat.withLock { seat in
            var bytes = 0
            for index in 0..<count {
                let answered = requests[index % requests.count].withUnsafeBytes {
                    seat.desk.answer($0, of: &seat.visitor)
                }
                guard let answered else { throw WorkloadError("a warm feed was not answered at the front desk") }
                bytes += answered.answer.readableBytes
            }
            return bytes
        }
    }
}

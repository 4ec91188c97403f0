import Core
import Foundation
import Synchronization
import Timelines

/// How many pages the fast path answered.
final class WarmPages: Sendable {
    private let answered = Atomic(0)

    var count: Int { answered.load(ordering: .relaxed) }

    func note() { answered.add(1, ordering: .relaxed) }
}

extension Inspection {
    /// What is read most comes another way, from memory alone: where it answers, it must say the same to the byte.
    func checkWarm(_ page: FeedPage, of viewer: Int, before: Position, limit: Int, _ note: String) async throws {
        var page = page
        // Consumers may count something between the two readings.
        for _ in 0..<100 {
            let laid = [UInt8](splicing: 4_096) { splicer in
                feed.layWarmPage(of: ids[viewer], before: before, limit: limit, to: &splicer)
            }
            guard let laid else { return }
            let expected = FeedPresenter.json(
                page.posts, next: page.next.map { Cursor(.feed, $0.rawValue) }, latest: Cursor(.latest, page.latest))
            guard laid != expected else { return warm.note() }
            try await Task.sleep(for: .milliseconds(2))
            page = try await feed.page(of: ids[viewer], before: before, limit: limit)
        }
        throw Mismatch(what: "the fast path's page of \(limit) differs, \(note)", viewer: viewer)
    }

    /// The posts on the fast path's first page; none where it does not answer.
    func warmPosts(of viewer: Int, limit: Int) throws -> [Int64] {
        struct Page: Decodable {
            struct Post: Decodable { let postId: String }
            let posts: [Post]
        }
        let laid = [UInt8](splicing: 4_096) { splicer in
            feed.layWarmPage(of: ids[viewer], before: .highest, limit: limit, to: &splicer)
        }
        guard let laid else { return [] }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(Page.self, from: Data(laid)).posts.compactMap { Int64($0.postId) }
    }
}

import Accounts
import Core
import Posts
import SQL
import SocialGraph
import Timelines

/// Home feeds as people would read them from a store, with nothing in memory and nothing written.
struct SampledFeeds: Sendable {
    /// Posts of a page.
    private static let depth = 100

    private let database: any Database
    private let reader: FeedReader

    init(_ database: any Database) {
        self.database = database
        let source = TimelineSource(database: database)
        reader = FeedReader(
            database: database, directory: AccountDirectory(database: database),
            relations: RelationsCache(database: database), library: PostLibrary(database: database),
            marks: ViewerMarksCache(database: database), home: HomeTimelines(timelinesMax: 64, clock: .system),
            users: UserTimelines(database: database, source: source), pulled: PulledAuthors(), source: source,
            clock: .system, fanOutOffset: { 0 })
    }

    /// Active accounts: a quarter of them those who follow most, the others from all over.
    func viewers(_ count: Int) async throws -> [ID<Account>] {
        try await database.read { store in
            let busy = try store.query(
                """
                SELECT c.account_id FROM account_counters c JOIN users u ON u.id = c.account_id
                WHERE u.state = 0 ORDER BY c.following DESC, c.account_id LIMIT $1
                """, [.integer(Int64(count / 4))]
            ) { $0.id(0, Account.self) }
            let others = try store.query(
                "SELECT id FROM users WHERE state = 0 ORDER BY id % 1000003, id LIMIT $1", [.integer(Int64(count))]
            ) { $0.id(0, Account.self) }
            return busy + others.filter { !busy.contains($0) }.prefix(count - busy.count)
        }
    }

    /// The first page of a home feed, as it would be answered.
    func feed(of viewer: ID<Account>) async throws -> (json: [UInt8], posts: Int) {
        let page = try await reader.page(of: viewer, before: .highest, limit: Self.depth)
        return (FeedPresenter.json(page.posts, next: nil), page.posts.count)
    }
}

import Accounts
import Core
import EventLog
import Posts
import SQL

/// A transaction that brings items of an archive back. What counters and caches need to know is told at its end.
package struct Restoring {
    let account: ID<Account>
    let store: any SQLWriter
    let now: Int64
    private var publicPosts: Int64 = 0
    private var replies: [Int64] = []
    private var shares: [Int64] = []
    private var quotes: [Int64] = []
    private var reactions: [Int64] = []
    private var votes: [Int64] = []

    init(_ account: ID<Account>, now: Int64, _ store: any SQLWriter) {
        self.account = account
        self.store = store
        self.now = now
    }

    mutating func countPost(_ id: Int64, isReply: Bool, isQuote: Bool) {
        publicPosts += 1
        if isReply { replies.append(id) }
        if isQuote { quotes.append(id) }
    }

    mutating func countShare(of post: Int64, at position: Int64) {
        shares += [post, position, 1]
    }

    mutating func count(_ reaction: Reaction, to post: Int64, at position: Int64) {
        reactions += [post, position, reaction.rawValue]
    }

    mutating func count(_ choices: PollChoices, in post: Int64, at position: Int64) {
        votes += [post, position, choices.rawValue]
    }

    /// A post that is here, and that the account may point at.
    func target(_ post: ExportedID) throws -> ArchiveTarget? {
        try ArchiveTarget.find(post.id(), for: account, store)
    }

    /// Somebody else may have the name by now, or the id on another server.
    func isHere(_ user: ExportedID, named username: String) throws -> Bool {
        try store.integer(
            "SELECT count(*) FROM users WHERE id = $1 AND username = $2 AND state = 0", [user.sql, .text(username)])
            == 1
    }

    func mark(_ field: ViewerFlags.Field, _ value: Int64, on post: ID<Post>) throws {
        for statement in MarkQueries.set(field, to: value, of: post, by: account) {
            try store.execute(statement.sql, statement.arguments)
        }
    }

    /// Clocks differ from server to server.
    private static let skewMax: Int64 = 300_000

    /// - Throws: `ArchiveError` for an id that no server can have given yet.
    func requirePast(_ id: Int64) throws {
        guard Snowflake(rawValue: id).unixMilliseconds <= now + Self.skewMax else {
            throw ArchiveError("its id is from the future")
        }
    }

    /// - Throws: `ArchiveError` for a time that has not come yet, and one before there were clocks.
    func requirePast(_ time: ExportedTime?, named name: String) throws {
        guard let time else { return }
        guard (0...now + Self.skewMax).contains(time.milliseconds) else {
            throw ArchiveError("\(name) is not as it must be")
        }
    }

    func close() throws {
        try tell(.postsImported, publicPosts > 0 ? [account.rawValue, publicPosts] : [])
        try tell(.repliesImported, replies)
        try tell(.sharesImported, shares)
        try tell(.quotingImported, quotes)
        try tell(.reactionsImported, reactions)
        try tell(.votesImported, votes)
        store.announce(.bulk)
    }

    private func tell(_ kind: EventKind, _ list: [Int64]) throws {
        guard !list.isEmpty else { return }
        try Outbox.append(Event(kind, key: 0, subject: 0, list: list, occurredAt: now), in: store)
    }
}

import Core
import EventLog
import Posts
import SQL

/// Counts reactions, in the transaction of its offset. However many like a post at once, its row is written once for each
/// batch of events, and nobody who likes waits for it.
package struct ReactionCountersConsumer: TransactionalConsumer {
    package let group = "reaction-counters"
    package let topics: Set<Topic> = [.engagement]

    private let dialect: Dialect
    private let countLikes: String

    package init(dialect: Dialect = .sqlite) {
        self.dialect = dialect
        let layout = PostLayout(dialect)
        countLikes = """
            INSERT INTO post_counters (\(layout.counterKey), likes) VALUES (\(layout.counterKey(of: "$1")), $2)
            ON CONFLICT (\(layout.counterKey)) DO UPDATE SET likes = post_counters.likes + excluded.likes
            RETURNING likes
            """
    }

    private struct Kind: Hashable {
        let post: Int64
        let reaction: Reaction
    }

    package func handle(_ events: [Event], in store: any SQLWriter) throws {
        var kinds: [Kind: Int64] = [:]
        var totals: [Int64: Int64] = [:]
        var positions: [Int64: Int64] = [:]
        for event in events where event.kind == .reacted || event.kind == .unreacted {
            let flags = ReactionFlags(rawValue: event.flags)
            for (reaction, amount) in [(flags.before, -1), (flags.now, 1)] as [(Reaction?, Int64)] {
                guard let reaction else { continue }
                kinds[Kind(post: event.subject, reaction: reaction), default: 0] += amount
                totals[event.subject, default: 0] += amount
            }
            positions[event.subject] = event.position
        }
        for event in events where event.kind == .reactionsImported {
            for index in stride(from: 0, to: event.list.count - 2, by: 3) {
                guard let reaction = Reaction(rawValue: event.list[index + 2]) else { continue }
                kinds[Kind(post: event.list[index], reaction: reaction), default: 0] += 1
                totals[event.list[index], default: 0] += 1
                positions[event.list[index]] = event.list[index + 1]
            }
        }
        // In one order, so that two processes never wait for each other.
        for (kind, amount) in kinds.sorted(by: {
            ($0.key.post, $0.key.reaction.rawValue) < ($1.key.post, $1.key.reaction.rawValue)
        })
        where amount != 0 {
            try count(kind, amount, store)
        }
        let changed = totals.filter { $0.value != 0 }
        var counted: [PostLikes] = []
        for (post, amount) in changed.sorted(by: { $0.key < $1.key }) {
            let likes = try count(post, amount, store)
            if let position = positions[post] { counted.append(PostLikes(position: position, likes: likes)) }
        }
        try ReplyRows.addLikes(changed, dialect: dialect, store)
        if !counted.isEmpty { store.announce(.postLikes(counted)) }
    }

    private func count(_ kind: Kind, _ amount: Int64, _ store: any SQLWriter) throws {
        try store.execute(
            """
            INSERT INTO reaction_counters (bucket, post_id, kind, count) VALUES ($1, $2, $3, $4)
            ON CONFLICT (bucket, post_id, kind) DO UPDATE SET count = reaction_counters.count + excluded.count
            """,
            [
                .integer(Int64(ID<Post>(kind.post).bucket)), .integer(kind.post), .integer(kind.reaction.rawValue),
                .integer(amount),
            ])
    }

    /// - Returns: how many there are now.
    private func count(_ post: Int64, _ amount: Int64, _ store: any SQLWriter) throws -> Int64 {
        try store.query(countLikes, [.integer(post), .integer(amount)]) { $0.int64(0) }.first ?? 0
    }
}

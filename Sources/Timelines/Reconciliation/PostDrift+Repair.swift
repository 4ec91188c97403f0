import Core
import EventLog
import Posts
import SQL

extension PostDrift {
    /// Sets right the counters of these posts, of which nothing is in doubt, in the transaction in which they were found.
    static func repair(_ found: [PostDrift], _ dialect: Dialect, _ store: any SQLWriter) throws {
        let counters = PostCountersConsumer(dialect: dialect)
        // They are settled as if they had just come, which changes the counters of what they answer and quote, too.
        let marks = found.filter(\.isCountedWrong).map(\.post.rawValue)
        var drifts = found
        if !marks.isEmpty {
            let event = Event(.repliesImported, key: 0, subject: 0, list: marks, occurredAt: 0)
            try counters.handle([event], in: store)
            drifts = try Self.found(among: found.map(\.post.rawValue), PostLayout(dialect), store)
        }
        for column in ["likes", "comments", "shares", "quotes"] {
            let growth = drifts.compactMap { drift in drift.missing[column].map { (drift.post.rawValue, $0) } }
            try counters.add(Dictionary(growth) { $1 }, to: column, store)
        }
        for drift in drifts { try drift.repairReactions(store) }
        announce(drifts, store)
    }

    private static func announce(_ drifts: [PostDrift], _ store: any SQLWriter) {
        let liked = drifts.filter { $0.missing["likes"] != 0 }
        if !liked.isEmpty {
            store.announce(.postLikes(liked.map { PostLikes(position: $0.position, likes: $0.likes) }))
        }
        if !drifts.isEmpty { store.announce(.postCounters(drifts.map(\.position).sorted())) }
    }

    private func repairReactions(_ store: any SQLWriter) throws {
        let key: [SQLValue] = [.integer(Int64(post.bucket)), .integer(post.rawValue)]
        for kind in kinds.sorted(by: { $0.kind < $1.kind }) {
            try store.execute(
                """
                INSERT INTO reaction_counters (bucket, post_id, kind, count) VALUES ($1, $2, $3, $4)
                ON CONFLICT (bucket, post_id, kind) DO UPDATE SET count = excluded.count
                """, key + [.integer(kind.kind), .integer(kind.count)])
        }
        guard let listedBelow else { return }
        try store.execute(
            "UPDATE replies SET likes = $4 WHERE bucket = $1 AND post_id = $2 AND position = $3",
            [
                .integer(Int64(ID<Post>(listedBelow).bucket)), .integer(listedBelow), .integer(position),
                .integer(likes),
            ])
    }
}

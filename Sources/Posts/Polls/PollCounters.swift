import Core
import EventLog
import SQL

/// Counts votes from their events. However many vote at once, a poll's counters are written once for each batch of events,
/// and nobody who votes waits for them.
enum PollCounters {
    private struct Counter: Hashable, Comparable {
        let post: Int64
        /// -1 for all who voted.
        let choice: Int64

        static func < (one: Self, other: Self) -> Bool { (one.post, one.choice) < (other.post, other.choice) }
    }

    /// - Returns: the positions of the posts whose polls changed.
    static func count(_ events: [Event], _ store: any SQLWriter) throws -> Set<Int64> {
        var growth: [Counter: Int64] = [:]
        var positions: Set<Int64> = []
        for event in events where event.kind == .voted || event.kind == .unvoted {
            let amount: Int64 = event.kind == .voted ? 1 : -1
            for choice in [-1] + PollChoices(rawValue: event.flags).indices {
                growth[Counter(post: event.subject, choice: Int64(choice)), default: 0] += amount
            }
            if event.position != 0 { positions.insert(event.position) }
        }
        for event in events where event.kind == .votesImported {
            for index in stride(from: 0, to: event.list.count - 2, by: 3) {
                for choice in [-1] + PollChoices(rawValue: event.list[index + 2]).indices {
                    growth[Counter(post: event.list[index], choice: Int64(choice)), default: 0] += 1
                }
                positions.insert(event.list[index + 1])
            }
        }
        // In one order, so that two processes never wait for each other.
        for (counter, amount) in growth.sorted(by: { $0.key < $1.key }) where amount != 0 {
            try store.execute(
                """
                INSERT INTO poll_counters (bucket, post_id, choice, votes) VALUES ($1, $2, $3, $4)
                ON CONFLICT (bucket, post_id, choice) DO UPDATE SET votes = poll_counters.votes + excluded.votes
                """, PollRows.key(ID(counter.post)) + [.integer(counter.choice), .integer(amount)])
        }
        return positions
    }
}

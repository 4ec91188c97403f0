import Core
import EventLog
import Posts
import SQL

/// Counts the views, the reach and the reactions of each post by day, in the transaction of its offset. However many see a post at
/// once, its row is written once for each batch of events.
package struct PostStatsConsumer: TransactionalConsumer {
    package let group = "post-stats"
    package let topics: Set<Topic> = [.engagement]

    package init() {}

    private struct Place: Hashable, Comparable {
        let post: Int64
        let day: Int64

        static func < (one: Self, other: Self) -> Bool { (one.post, one.day) < (other.post, other.day) }
    }

    package func handle(_ events: [Event], in store: any SQLWriter) throws {
        var growth: [Place: ViewRows.Growth] = [:]
        for event in events {
            let day = event.occurredAt / 86_400_000
            switch event.kind {
            case .viewed:
                for pair in stride(from: 0, to: event.list.count - 1, by: 2) {
                    let place = Place(post: event.list[pair], day: day)
                    growth[place, default: .init()].views += 1
                    growth[place, default: .init()].reach += event.list[pair + 1]
                }
            case .reacted, .unreacted:
                let flags = ReactionFlags(rawValue: event.flags)
                let change: Int64 = (flags.now == nil ? 0 : 1) - (flags.before == nil ? 0 : 1)
                growth[Place(post: event.subject, day: day), default: .init()].reactions += change
            case .reactionsImported:
                for index in stride(from: 0, to: event.list.count - 2, by: 3) {
                    growth[Place(post: event.list[index], day: day), default: .init()].reactions += 1
                }
            default: break
            }
        }
        // In one order, so that two processes never wait for each other.
        for (place, growth) in growth.sorted(by: { $0.key < $1.key }) {
            try ViewRows.count(growth, of: ID(place.post), on: place.day, store)
        }
    }
}

import Core
import EventLog
import SQL

/// Tells accounts what concerns them, in the transaction of its offset, so that each fact is told once.
package struct NotificationsConsumer: TransactionalConsumer {
    package let group = "notifications"
    package let topics: Set<Topic> = [.posts, .graph, .accounts, .engagement]

    private let sources: [any NotificationSource]
    private let dialect: Dialect
    private let clock: WallClock

    package init(dialect: Dialect = .sqlite, clock: WallClock) {
        sources = [
            FollowSource(), PostSource(dialect: dialect), ReactionSource(), ShareSource(), PollSource(),
            RejectionSource(), AccountSource(),
        ]
        self.dialect = dialect
        self.clock = clock
    }

    package func handle(_ events: [Event], in store: any SQLWriter) throws {
        var draft = NotificationDraft()
        for source in sources { try source.read(events, into: &draft, store) }
        guard !draft.isEmpty else { return }
        let now = clock.now()
        let admitted = try NotificationAdmission(dialect: dialect, now: now).admitted(draft, store)
        var book = NotificationBook(store: store, now: now)
        for (group, facts) in admitted { try book.add(facts, to: group, detail: draft.detail) }
        for fact in draft.takenBack { try book.takeBack(fact) }
        for withdrawal in draft.withdrawals { try book.carryOut(withdrawal) }
        try book.close()
    }
}

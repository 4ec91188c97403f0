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
        let admission = NotificationAdmission(dialect: dialect, now: now)
        let admitted = try admission.admitted(draft, store)
        var book = NotificationBook(store: store, now: now)
        let again = draft.toldAgain
        for (group, facts) in admitted { try book.add(facts, to: group, again: again, detail: draft.detail) }
        for fact in draft.changed { try book.change(fact, detail: draft.detail(of: fact)) }
        var unknown: [NotificationFact] = []
        for fact in draft.takenBack where try !book.takeBack(fact) { unknown.append(fact) }
        for fact in try admission.welcomed(unknown, store) { book.discount(fact) }
        for withdrawal in draft.withdrawals { try book.carryOut(withdrawal) }
        try book.close()
    }
}

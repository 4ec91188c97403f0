import Core
import Posts

/// What a batch of events has to say, before it is asked whether anyone may and wants to hear it.
///
/// Whatever comes of a batch rests on the state of the store in the batch's transaction, so that the order in which events
/// of different keys arrive does not matter.
package struct NotificationDraft {
    /// Facts that are to be no more.
    enum Withdrawal: Hashable {
        /// What `actor` did to the recipient in this way, on whatever day.
        case kind(NotificationKind, recipient: Int64, actor: Int64)
        /// Everything about a post that is gone, and all that it told.
        case post(Int64, author: Int64)
        /// Mentions in a post that no longer mentions them.
        case formerMentions(post: Int64, author: Int64)
        /// Of a scheduled post that is gone or waits anew.
        case rejection(Int64, author: Int64)
        /// Everything between an account and somebody it blocks or mutes.
        case between(recipient: Int64, actor: Int64)
        /// Everything to and by an account that is gone.
        case account(Int64)
    }

    /// By fact, its detail, or nil for one that is taken back. What came last counts.
    private(set) var facts: [NotificationFact: Int64?] = [:]
    /// In the order in which they came.
    private(set) var order: [NotificationFact] = []
    private(set) var withdrawals: [Withdrawal] = []

    /// Tells a fact. A recipient's own doings are left out.
    /// - Parameter detail: a number whose meaning is the kind's.
    package mutating func tell(_ fact: NotificationFact, detail: Int64 = 0) {
        guard fact.actor != fact.group.recipient || fact.group.kind.mayBeOwn else { return }
        put(fact, .some(detail))
    }

    /// Takes a fact back that is no more so.
    package mutating func takeBack(_ fact: NotificationFact) {
        put(fact, .none)
    }

    mutating func withdraw(_ withdrawal: Withdrawal) {
        withdrawals.append(withdrawal)
    }

    private mutating func put(_ fact: NotificationFact, _ detail: Int64?) {
        if facts.updateValue(detail, forKey: fact) == nil { order.append(fact) }
    }

    var isEmpty: Bool { order.isEmpty && withdrawals.isEmpty }

    /// Those that are told, by group and oldest first.
    var told: [NotificationFact.Group: [NotificationFact]] {
        Dictionary(grouping: order.filter { facts[$0] ?? nil != nil }, by: \.group)
    }

    var takenBack: [NotificationFact] {
        order.filter { fact in facts[fact].map { $0 == nil } ?? false }
    }

    func detail(of fact: NotificationFact) -> Int64 { (facts[fact] ?? nil) ?? 0 }
}

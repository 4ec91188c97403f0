import Core
import Posts

/// What a batch of events has to say, before it is asked whether anyone may and wants to hear it.
///
/// Whatever comes of a batch rests on the state of the store in the batch's transaction, so that the order in which events
/// of different keys arrive does not matter.
package struct NotificationDraft {
    /// Facts that are to be no more. Those that may be so again keep their rows, so that nobody is told twice.
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

    /// What the events of a batch come to, for one fact.
    private enum Outcome {
        /// With its detail.
        case told(Int64)
        /// Taken back, and so again.
        case toldAgain(Int64)
        /// It was so before, with another detail.
        case changed(Int64)
        case takenBack
        /// It neither was so before nor is.
        case nothing
    }

    private var outcomes: [NotificationFact: Outcome] = [:]
    /// Of posts that were so before an edit showed them to others.
    private var former: [NotificationFact: Visibility] = [:]
    /// In the order in which they came.
    private(set) var order: [NotificationFact] = []
    private(set) var withdrawals: [Withdrawal] = []

    /// Tells a fact. A recipient's own doings are left out.
    /// - Parameters:
    ///   - detail: a number whose meaning is the kind's.
    ///   - former: who could see the post before: those are told nothing. Nil where all are told.
    package mutating func tell(_ fact: NotificationFact, detail: Int64 = 0, openedFrom former: Visibility? = nil) {
        guard concernsAnyone(fact) else { return }
        self.former[fact] = former
        switch outcomes[fact] {
        case .takenBack, .toldAgain: put(fact, .toldAgain(detail))
        case .told, .changed, .nothing, nil: put(fact, .told(detail))
        }
    }

    /// Gives a fact that was told another detail. One that was not told then, for whatever reason, is not told now.
    package mutating func change(_ fact: NotificationFact, detail: Int64) {
        guard concernsAnyone(fact) else { return }
        switch outcomes[fact] {
        case .told, .nothing: put(fact, .told(detail))
        case .toldAgain, .takenBack: put(fact, .toldAgain(detail))
        case .changed, nil: put(fact, .changed(detail))
        }
    }

    /// Takes a fact back that is no more so.
    package mutating func takeBack(_ fact: NotificationFact) {
        guard concernsAnyone(fact) else { return }
        switch outcomes[fact] {
        case .told, .nothing: put(fact, .nothing)
        case .toldAgain, .changed, .takenBack, nil: put(fact, .takenBack)
        }
    }

    mutating func withdraw(_ withdrawal: Withdrawal) {
        withdrawals.append(withdrawal)
    }

    private func concernsAnyone(_ fact: NotificationFact) -> Bool {
        fact.actor != fact.group.recipient || fact.group.kind.mayBeOwn
    }

    private mutating func put(_ fact: NotificationFact, _ outcome: Outcome) {
        if outcomes.updateValue(outcome, forKey: fact) == nil { order.append(fact) }
    }

    var isEmpty: Bool { order.isEmpty && withdrawals.isEmpty }

    /// Those that are told, by group and oldest first.
    var told: [NotificationFact.Group: [NotificationFact]] {
        let told = order.filter { fact in
            switch outcomes[fact] {
            case .told, .toldAgain: true
            default: false
            }
        }
        return Dictionary(grouping: told, by: \.group)
    }

    /// Those that are told, were so before, and were taken back for a moment.
    var toldAgain: Set<NotificationFact> {
        Set(order.filter { if case .toldAgain = outcomes[$0] { true } else { false } })
    }

    var changed: [NotificationFact] {
        order.filter { if case .changed = outcomes[$0] { true } else { false } }
    }

    var takenBack: [NotificationFact] {
        order.filter { if case .takenBack = outcomes[$0] { true } else { false } }
    }

    func detail(of fact: NotificationFact) -> Int64 {
        switch outcomes[fact] {
        case .told(let detail), .toldAgain(let detail), .changed(let detail): detail
        case .takenBack, .nothing, nil: 0
        }
    }

    func formerVisibility(of fact: NotificationFact) -> Visibility? { former[fact] }
}

import Core

/// That somebody did something which concerns an account: one row, however often an event comes.
package struct NotificationFact: Hashable, Sendable {
    /// The facts that are told together: "alice and 12 others".
    package struct Group: Hashable, Sendable {
        package let recipient: Int64
        package let kind: NotificationKind
        /// The post or scheduled post it is about, or the day for kinds that are about none.
        package let subject: Int64

        package init(recipient: Int64, kind: NotificationKind, subject: Int64) {
            self.recipient = recipient
            self.kind = kind
            self.subject = subject
        }
    }

    package let group: Group
    package let actor: Int64
    /// The actor's post that tells it: the comment, the quote, the post that mentions; which version of a scheduled post
    /// failed; otherwise 0.
    package let object: Int64

    package init(
        _ kind: NotificationKind, to recipient: Int64, about subject: Int64, by actor: Int64, object: Int64 = 0
    ) {
        group = Group(recipient: recipient, kind: kind, subject: subject)
        self.actor = actor
        self.object = object
    }

    /// The day of a time in milliseconds since 1970, in UTC: a group of follows holds those of one day.
    package static func day(of milliseconds: Int64) -> Int64 { milliseconds / 86_400_000 }
}

import Engagement
import EventLog
import Posts
import SQL

/// Reactions to posts and comments. The detail of the fact is the reaction.
struct ReactionSource: NotificationSource {
    func read(_ events: [Event], into draft: inout NotificationDraft, _ store: any SQLReader) throws {
        for event in events where event.kind == .reacted || event.kind == .unreacted {
            let fact = NotificationFact(.reaction, to: event.object, about: event.subject, by: event.key)
            let flags = ReactionFlags(rawValue: event.flags)
            switch (flags.before, flags.now) {
            case (nil, let now?): draft.tell(fact, detail: now.rawValue)
            case (_, let now?): draft.change(fact, detail: now.rawValue)
            case (_, nil): draft.takeBack(fact)
            }
        }
    }
}

/// Accounts that are gone: what they did, and what they were told.
struct AccountSource: NotificationSource {
    func read(_ events: [Event], into draft: inout NotificationDraft, _ store: any SQLReader) throws {
        for event in events where event.kind == .accountDeleted { draft.withdraw(.account(event.subject)) }
    }
}

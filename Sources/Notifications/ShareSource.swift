import EventLog
import SQL

/// Reposts. They are told like reactions: taken back where the repost is.
struct ShareSource: NotificationSource {
    func read(_ events: [Event], into draft: inout NotificationDraft, _ store: any SQLReader) throws {
        for event in events where event.kind == .shared || event.kind == .unshared {
            let fact = NotificationFact(.repost, to: event.object, about: event.subject, by: event.key)
            if event.kind == .shared { draft.tell(fact) } else { draft.takeBack(fact) }
        }
    }
}

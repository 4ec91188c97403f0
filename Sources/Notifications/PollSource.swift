import EventLog
import SQL

/// Ends of polls, for their authors and those who voted.
struct PollSource: NotificationSource {
    func read(_ events: [Event], into draft: inout NotificationDraft, _ store: any SQLReader) throws {
        for event in events where event.kind == .pollClosed {
            guard !event.list.isEmpty else {
                draft.tell(NotificationFact(.pollEnded, to: event.key, about: event.subject, by: event.key))
                continue
            }
            for voter in event.list where voter != event.key {
                draft.tell(
                    NotificationFact(
                        .pollEnded, to: voter, about: event.subject, by: event.key, object: event.subject))
            }
        }
    }
}

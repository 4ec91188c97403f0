import Core
import EventLog
import SQL
import SocialGraph

/// Follows and requests to follow; and the end of whatever came from somebody who is blocked or muted.
struct FollowSource: NotificationSource {
    func read(_ events: [Event], into draft: inout NotificationDraft, _ store: any SQLReader) throws {
        for event in events where Self.kinds.contains(event.kind) {
            let standing = try GraphQueries.relationship(ID(event.key), ID(event.subject), store)
            let (one, other) = (event.key, event.subject)
            let day = NotificationFact.day(of: event.occurredAt)
            switch event.kind {
            // Whoever accepted a request knows of the follow.
            case .followed where standing.following && event.flags != FollowFlags.accepted:
                draft.tell(NotificationFact(.follow, to: other, about: day, by: one))
            case .unfollowed where !standing.following:
                draft.withdraw(.kind(.follow, recipient: other, actor: one))
            case .followRequested where standing.requested:
                draft.tell(NotificationFact(.followRequest, to: other, about: day, by: one))
            case .followRequestEnded where !standing.requested:
                draft.withdraw(.kind(.followRequest, recipient: other, actor: one))
            case .blocked where standing.blocking:
                draft.withdraw(.between(recipient: one, actor: other))
                draft.withdraw(.between(recipient: other, actor: one))
            case .muted where standing.muting: draft.withdraw(.between(recipient: one, actor: other))
            default: break
            }
        }
    }

    private static let kinds: Set<EventKind> = [
        .followed, .unfollowed, .followRequested, .followRequestEnded, .blocked, .muted,
    ]
}

import EventLog
import Posts
import SQL

/// Scheduled posts that could not be published, for their authors. The detail of the fact is the reason, its object the
/// version that failed: one that is changed and fails again is told again.
struct RejectionSource: NotificationSource {
    func read(_ events: [Event], into draft: inout NotificationDraft, _ store: any SQLReader) throws {
        let concerned = events.filter { $0.kind == .postRejected || $0.kind == .postRejectionEnded }
        for (author, events) in Dictionary(grouping: concerned, by: \.key).sorted(by: { $0.key < $1.key }) {
            let subjects = Set(events.map(\.subject)).sorted()
            let rejections = try RejectedPosts.rejections(of: author, among: subjects, store)
            for subject in subjects {
                guard let rejection = rejections[subject] else {
                    draft.withdraw(.rejection(subject, author: author))
                    continue
                }
                draft.tell(
                    NotificationFact(
                        .postRejected, to: author, about: subject, by: author, object: rejection.version),
                    detail: rejection.failure.rawValue)
            }
        }
    }
}

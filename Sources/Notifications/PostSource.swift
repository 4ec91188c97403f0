import Core
import EventLog
import Posts
import SQL

/// Comments and mentions. Who is answered and mentioned in one post hears of the comment only.
struct PostSource: NotificationSource {
    let dialect: Dialect

    func read(_ events: [Event], into draft: inout NotificationDraft, _ store: any SQLReader) throws {
        var written: Set<Int64> = []
        var replies: Set<Int64> = []
        for event in events {
            switch event.kind {
            case .postPublished, .postEdited:
                written.insert(event.subject)
                if event.object != 0 { replies.insert(event.subject) }
                if event.kind == .postEdited {
                    draft.withdraw(.formerMentions(post: event.subject, author: event.key))
                }
            case .postDeleted: draft.withdraw(.post(event.subject, author: event.key))
            default: break
            }
        }
        guard !written.isEmpty else { return }
        let mentioned = try MentionRows.accountIDs(of: written.sorted().map { ID($0) }, store)
        let telling = replies.union(mentioned.keys.map(\.rawValue)).sorted()
        for post in try PostQueries.parents(of: telling.map { ID($0) }, dialect: dialect, store) {
            let (author, id) = (post.author.rawValue, post.id.rawValue)
            let answered = post.replyToAuthor?.rawValue
            if let answered, let parent = post.replyTo {
                draft.tell(NotificationFact(.comment, to: answered, about: parent.rawValue, by: author, object: id))
            }
            for account in mentioned[post.id] ?? [] where account.rawValue != answered {
                draft.tell(NotificationFact(.mention, to: account.rawValue, about: id, by: author, object: id))
            }
        }
    }
}

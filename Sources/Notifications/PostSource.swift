import Core
import EventLog
import Posts
import SQL

/// Comments, quotes and mentions. Who is concerned in several ways by one post hears of the first of these only.
struct PostSource: NotificationSource {
    let dialect: Dialect

    func read(_ events: [Event], into draft: inout NotificationDraft, _ store: any SQLReader) throws {
        var written: Set<Int64> = []
        // Those that answer or quote.
        var pointing: Set<Int64> = []
        for event in events {
            switch event.kind {
            case .postPublished, .postEdited:
                written.insert(event.subject)
                if event.object != 0 || Quote(list: event.list) != nil { pointing.insert(event.subject) }
                if event.kind == .postEdited {
                    draft.withdraw(.formerMentions(post: event.subject, author: event.key))
                }
            case .postDeleted: draft.withdraw(.post(event.subject, author: event.key))
            default: break
            }
        }
        guard !written.isEmpty else { return }
        let mentioned = try MentionRows.accountIDs(of: written.sorted().map { ID($0) }, store)
        let telling = pointing.union(mentioned.keys.map(\.rawValue)).sorted()
        for post in try PostQueries.parents(of: telling.map { ID($0) }, dialect: dialect, store) {
            let (author, id) = (post.author.rawValue, post.id.rawValue)
            let answered = post.replyToAuthor?.rawValue
            if let answered, let parent = post.replyTo {
                draft.tell(NotificationFact(.comment, to: answered, about: parent.rawValue, by: author, object: id))
            }
            let quoted = post.quote?.author.rawValue
            if let quote = post.quote, quoted != answered {
                draft.tell(
                    NotificationFact(
                        .quote, to: quote.author.rawValue, about: quote.post.rawValue, by: author, object: id))
            }
            for account in mentioned[post.id] ?? [] where ![answered, quoted].contains(account.rawValue) {
                draft.tell(NotificationFact(.mention, to: account.rawValue, about: id, by: author, object: id))
            }
        }
    }
}

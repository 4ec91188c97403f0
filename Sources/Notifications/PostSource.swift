import Accounts
import Core
import EventLog
import Posts
import SQL

/// Comments, quotes and mentions. Who is concerned in several ways by one post hears of the first of these only.
struct PostSource: NotificationSource {
    let dialect: Dialect

    /// What the edits of a post in one batch come to.
    private struct Edit {
        /// When the first was made.
        let time: Int64
        var former: Visibility
        var visibility: Visibility

        /// The visibility before, where the post may be open to others now.
        var opened: Visibility? { former == visibility ? nil : former }
    }

    func read(_ events: [Event], into draft: inout NotificationDraft, _ store: any SQLReader) throws {
        var written: Set<Int64> = []
        // Those that answer or quote.
        var pointing: Set<Int64> = []
        var edits: [Int64: Edit] = [:]
        for event in events {
            switch event.kind {
            case .postPublished, .postEdited:
                let isKnown = !written.insert(event.subject).inserted
                if event.object != 0 || Quote(list: event.list) != nil { pointing.insert(event.subject) }
                if event.kind == .postEdited {
                    draft.withdraw(.formerMentions(post: event.subject, author: event.key))
                    let flags = PostFlags(rawValue: event.flags)
                    if !isKnown {
                        edits[event.subject] = Edit(
                            time: event.occurredAt, former: flags.previousVisibility, visibility: flags.visibility)
                    }
                    // Whoever could not see it at some moment of the batch may not have heard of it.
                    if let known = edits[event.subject]?.former, known.opens(from: flags.previousVisibility) {
                        edits[event.subject]?.former = flags.previousVisibility
                    }
                    edits[event.subject]?.visibility = flags.visibility
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
            let edit = edits[id]
            // An edit tells those to whom it shows the post or names them, and nobody else.
            let tellsOthers = edit == nil || edit?.opened != nil
            let answered = post.replyToAuthor?.rawValue
            if let answered, let parent = post.replyTo, tellsOthers {
                draft.tell(
                    NotificationFact(.comment, to: answered, about: parent.rawValue, by: author, object: id),
                    openedFrom: edit?.opened)
            }
            let quoted = post.quote?.author.rawValue
            if let quote = post.quote, quoted != answered, tellsOthers {
                draft.tell(
                    NotificationFact(
                        .quote, to: quote.author.rawValue, about: quote.post.rawValue, by: author, object: id),
                    openedFrom: edit?.opened)
            }
            let named = (mentioned[post.id] ?? []).filter { ![answered, quoted].contains($0.rawValue) }
            let before = try edit.map { try former(named, in: post.id, $0, store) } ?? []
            for account in named where tellsOthers || !before.contains(account) {
                draft.tell(
                    NotificationFact(.mention, to: account.rawValue, about: id, by: author, object: id),
                    openedFrom: before.contains(account) ? edit?.opened : nil)
            }
        }
    }

    /// Those of these accounts whom the post named before the edit.
    private func former(
        _ named: [ID<Account>], in post: ID<Post>, _ edit: Edit, _ store: any SQLReader
    ) throws -> Set<ID<Account>> {
        guard !named.isEmpty else { return [] }
        return try MentionRows.accounts(formerlyIn: post, before: edit.time, store)
    }
}

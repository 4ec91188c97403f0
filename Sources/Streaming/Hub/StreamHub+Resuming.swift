import Accounts
import Core
import Posts
import SocialGraph
import Synchronization
import Timelines

extension StreamHub {
    /// Looks at the posts that a client missed events of as the home feed would show them now.
    ///
    /// Those that matter to the account and are not shown any more end here: of what is withheld, nothing is told later.
    func replay(to account: ID<Account>, since resume: String?) async throws -> Replay {
        var replay = Replay()
        guard let resume,
            let missed = room.withLock({ $0.missed(by: account.rawValue, since: resume) })?.entries,
            let newest = missed.last
        else { return replay }
        replay.through = newest.sequence
        let filter = try await filter(of: account.rawValue)
        let sharers = missed.compactMap(\.event.sharer)
        replay.unnamed = Set(sharers.filter { !filter.relations.mayHear(of: $0) })
        let posts = Set(missed.flatMap(\.event.posts))
        let cards = try await library.cards(Array(posts))
        let authors = try await directory.cards(Array(Set(cards.values.map(\.post.author))))
        for post in posts {
            if let card = cards[post], let author = authors[card.post.author],
                try await shows(card, author, filter)
            {
                continue
            }
            replay.hidden.insert(post)
            if cards[post] == nil { replay.gone.insert(post) }
        }
        for post in replay.hidden {
            // What is gone stood at its id, unless it was imported, and then it was never new.
            let position = cards[post]?.post.position.rawValue ?? post.rawValue
            tellEnd(of: post, at: position, to: [account.rawValue])
        }
        return replay
    }
}

extension Relations {
    /// Whether the viewer may be told that this account shared something.
    fileprivate func mayHear(of sharer: ID<Account>) -> Bool {
        follows(sharer) && !apart.contains(sharer) && !muted.contains(sharer)
    }
}

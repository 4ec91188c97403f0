import Accounts
import Core
import SocialGraph
import Text

/// What one viewer does not want to read in one place, at one moment. Asked for once for a page.
package struct MutedText: Sendable {
    private let viewer: ID<Account>
    private let phrases: MutedPhrases

    /// - Parameter now: in milliseconds since 1970.
    /// - Returns: nil for a viewer who wants to read everything there.
    package init?(_ relations: Relations, in scope: MutingScopes, at now: Int64) {
        guard let words = relations.mutedWords, let phrases = words.phrases(in: scope, at: now) else { return nil }
        self.phrases = phrases
        viewer = relations.viewer
    }

    /// Whether the viewer does not want to read this. One's own is never hidden.
    package func hides(_ card: PostCard) -> Bool {
        card.post.author != viewer && holds(card.fold())
    }

    /// The same where no text has to be taken apart for it, else nil.
    package func hidesAtOnce(_ card: PostCard) -> Bool? {
        if card.post.author == viewer { return false }
        return card.folded.map(holds)
    }

    private func holds(_ folded: FoldedCard) -> Bool {
        folded.texts.contains { phrases.match(in: $0) != nil }
    }
}

/// A card's texts as muted phrases see them. It is made for the first reader who mutes any.
package final class FoldedCard: Sendable {
    let texts: [FoldedText]

    init(_ card: PostCard) {
        texts = ([card.content] + (card.poll?.options ?? [])).map(FoldedText.init)
    }
}

extension PostService {
    /// Nil for a viewer who wants to read everything there.
    package func mutedText(in scope: MutingScopes, for viewer: ID<Account>) async throws -> MutedText? {
        MutedText(try await relations.relations(of: viewer), in: scope, at: clock.now())
    }
}

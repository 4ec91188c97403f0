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
        guard card.post.author != viewer else { return false }
        let texts = [card.content] + (card.poll?.options ?? [])
        return texts.contains { phrases.match(in: FoldedText($0)) != nil }
    }
}

extension PostService {
    /// Nil for a viewer who wants to read everything there.
    package func mutedText(in scope: MutingScopes, for viewer: ID<Account>) async throws -> MutedText? {
        MutedText(try await relations.relations(of: viewer), in: scope, at: clock.now())
    }
}

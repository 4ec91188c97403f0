import Accounts
import Core

/// Text that may become a post. It is kept exactly as it was sent.
package struct PostContent: Hashable, Sendable {
    package let text: String

    /// - Throws: `PostsError.invalid` for text in which there is nothing to see, too long or holds U+0000.
    package init(_ text: String) throws {
        guard text.utf8.count <= Limits.contentBytesMax else {
            throw PostsError.invalid("content", "content is longer than \(Limits.contentBytesMax) bytes.")
        }
        // Fewer bytes than characters allowed: no need to count those.
        guard text.utf8.count <= Limits.contentCharactersMax || text.count <= Limits.contentCharactersMax else {
            throw PostsError.invalid("content", "content is longer than \(Limits.contentCharactersMax) characters.")
        }
        guard !text.utf8.hasByte(where: { $0 == 0 }) else {
            throw PostsError.invalid("content", "content holds the character U+0000.")
        }
        guard !DeceivingCharacters.isBlank(text) else {
            throw PostsError.invalid("content", "content is empty.")
        }
        self.text = text
    }

    /// Text that was checked when it was stored.
    init(stored text: String) {
        self.text = text
    }
}

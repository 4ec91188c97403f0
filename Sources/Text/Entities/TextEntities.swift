import Core

/// What a text points at: accounts, topics and addresses.
///
/// The rules are those of twitter-text, which readers and clients know, checked against its conformance files. Where a
/// rule speaks of something Starling does differently, ours holds: a mention names what can be an account here
/// (`Limits.usernameLength`, so 2 to 30 characters instead of 1 to 20, and a longer name is none rather than cut).
///
/// Entities never overlap. Offsets count Unicode scalars, which mean the same in every language and in every client;
/// a range includes the sign before the name.
package struct TextEntities: Hashable, Sendable {
    /// `@alice`.
    package struct Mention: Hashable, Sendable {
        /// As written, without the sign. It has the form of a username; whether there is such an account is another matter.
        package let name: String
        package let scalars: Range<Int>
    }

    /// `#swift`.
    package struct Hashtag: Hashable, Sendable {
        /// As written, without the sign.
        package let tag: String
        /// What makes it the same topic as other spellings.
        package let key: HashtagKey
        package let scalars: Range<Int>
    }

    /// `https://example.com/path` or `example.com`.
    package struct Link: Hashable, Sendable {
        /// As written; without a scheme when there was none.
        package let url: String
        package let scalars: Range<Int>
    }

    package internal(set) var mentions: [Mention] = []
    package internal(set) var hashtags: [Hashtag] = []
    package internal(set) var urls: [Link] = []

    package var isEmpty: Bool { mentions.isEmpty && hashtags.isEmpty && urls.isEmpty }

    /// Finds the entities of `text` in time and memory linear in its size, whatever it holds.
    package static func extract(from text: String) -> TextEntities {
        extractCountingWork(from: text).entities
    }

    /// - Returns: also how many bytes were looked at in all, which the tests hold against the size of hostile texts.
    static func extractCountingWork(from text: String) -> (entities: TextEntities, bytesRead: Int) {
        var text = text
        return text.withUTF8 { bytes in
            var scanner = EntityScanner(UTF8Text(bytes))
            scanner.scan()
            return (scanner.found, scanner.bytesRead)
        }
    }
}

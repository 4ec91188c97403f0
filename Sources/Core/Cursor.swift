/// An opaque keyset position: a tag for the kind of list and up to four numbers.
///
/// The text form is `tag` followed by the numbers in base 36, joined by `-`. Clients pass it back unread; anything that
/// does not re-encode to itself is refused.
package struct Cursor: Hashable, Sendable {
    package struct Malformed: Error {}

    package enum Kind: Character, Sendable {
        case feed = "f"
        case since = "s"
        case latest = "l"
        case userPosts = "p"
        case users = "u"
        case revisions = "r"
        case reactions = "k"
        case bookmarks = "b"
        case newestComments = "c"
        case oldestComments = "o"
        case topComments = "t"
        case notifications = "n"
        case shares = "h"
        case quotes = "q"
        case tagged = "g"
        case lists = "i"
        case listFeed = "j"
        case planned = "d"
    }

    package let kind: Kind
    package let values: [Int64]

    package init(_ kind: Kind, _ values: Int64...) {
        self.kind = kind
        self.values = values
    }

    /// - Parameter values: up to four.
    package init(_ kind: Kind, numbers values: [Int64]) {
        self.kind = kind
        self.values = values
    }

    /// - Throws: `Malformed` unless `text` is exactly what `description` gives for this kind and this many numbers.
    package init(_ text: String, kind: Kind, count: Int) throws(Malformed) {
        guard text.utf8.count <= 64, text.first == kind.rawValue else { throw Malformed() }
        let parts = text.dropFirst().split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == count else { throw Malformed() }
        var values: [Int64] = []
        for part in parts {
            guard let value = Int64(part, radix: 36), value >= 0, String(value, radix: 36) == part else {
                throw Malformed()
            }
            values.append(value)
        }
        self.kind = kind
        self.values = values
    }

    package var description: String {
        var description = String(kind.rawValue)
        for (index, value) in values.enumerated() {
            if index > 0 { description += "-" }
            description += String(value, radix: 36)
        }
        return description
    }

    /// Lays the bytes of the text form.
    package func append(to splicer: inout ByteSplicer) {
        splicer.append(String(kind.rawValue))
        for (index, value) in values.enumerated() {
            if index > 0 { splicer.append(UInt8(ascii: "-")) }
            splicer.append(Int(value), base: 36)
        }
    }
}

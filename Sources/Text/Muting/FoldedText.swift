/// A text as muted phrases see it: a list of words. Made once for a text, however many readers it is then checked for.
///
/// - A run of letters, marks, digits and `_` is one word, so `art` is not in `start`.
/// - Where words are not told apart by spaces (Chinese, Japanese, Thai, Lao, Khmer, Burmese, Tibetan), and in Korean, where
///   particles are written on to a word, each letter with its marks is a word of its own. A phrase in these scripts is
///   thus found anywhere: no rule without a dictionary does better, and missing what someone asked not to see is worse
///   than to hide too much.
/// - Every other sign is a word too, so that `C++`, `#swift` and an emoji can be muted.
/// - White space only separates, and what cannot be seen is left out: a joiner within a word hides nothing.
///
/// Words are kept as 64-bit hashes. That two different ones share one by chance is out of the question; who makes that
/// happen on purpose hides a post of their own.
package struct FoldedText: Hashable, Sendable {
    let standard: [UInt64]
    /// nil when the same: only `I` and `İ` make a difference.
    private let turkic: [UInt64]?

    package init(_ text: String) {
        standard = WordHasher.words(of: text, folding: .standard)
        turkic = Self.dependsOnLanguage(text) ? WordHasher.words(of: text, folding: .turkic) : nil
    }

    func words(_ folding: CaseFolding) -> [UInt64] {
        folding == .turkic ? turkic ?? standard : standard
    }

    private static func dependsOnLanguage(_ text: String) -> Bool {
        // Beyond ASCII, other scalars may become an `I` in NFKC.
        text.utf8.contains { $0 == UInt8(ascii: "I") || $0 >= 0x80 }
    }
}

import Core

/// What hashtags of one topic have in common, however they are written: `#Swift`, `#swift` and `＃ｓｗｉｆｔ`.
///
/// It is the tag in the standard case folding and in NFKC, so that the same query finds it on every engine. Diacritics
/// count (`#café` is not `#cafe`), but `ı` is `i`: nobody knows what language a tag is in, and `#ISPARTA` is to find
/// `#ısparta`.
package struct HashtagKey: Hashable, Sendable, CustomStringConvertible {
    package let value: String

    /// - Parameter tag: with or without its sign.
    /// - Returns: nil for what is no hashtag: no letter, another character, longer than `Limits.hashtagScalarsMax`, or,
    ///   as some signs stand for whole phrases, than `Limits.hashtagKeyBytesMax` when folded.
    package init?(_ tag: String) {
        let scalars = tag.unicodeScalars
        let name = scalars.first == "#" || scalars.first == "＃" ? scalars.dropFirst() : scalars[...]
        // At most four bytes a scalar: what is longer need not be looked at.
        guard tag.utf8.count <= 4 * (Limits.hashtagScalarsMax + 1), name.count <= Limits.hashtagScalarsMax,
            Self.isName(name)
        else { return nil }
        let folded = Self.folded(name)
        guard folded.utf8.count <= Limits.hashtagKeyBytesMax, Self.isName(folded.unicodeScalars[...]) else {
            return nil
        }
        value = folded
    }

    package var description: String { value }

    private static func folded(_ name: Substring.UnicodeScalarView) -> String {
        if CompatibilityForm.isASCII(String(name)) { return String(name).lowercased() }
        // Two code points for the one dash of Japanese, of which NFKC would take one for a tilde.
        let dashes = name.map { $0 == "\u{FF5E}" ? "\u{301C}" : $0 }
        let folded = CaseFolding.standard.fold(String(String.UnicodeScalarView(dashes)))
        // Some letters stand for several words: a key has no spaces all the same.
        let kept = folded.unicodeScalars.map { $0 == "\u{131}" ? "i" : $0 }
            .filter { Scalars.hashtagKind($0.value) != nil }
        return CompatibilityForm.of(String(String.UnicodeScalarView(kept)))
    }

    private static func isName(_ name: Substring.UnicodeScalarView) -> Bool {
        var hasLetter = false
        for scalar in name {
            guard let kind = Scalars.hashtagKind(scalar.value) else { return false }
            hasLetter = hasLetter || kind == .letter
        }
        return hasLetter
    }
}

import Core

/// A word or phrase that someone does not want to read.
package struct MutedPhrase: Hashable, Sendable {
    package enum Refusal: Error, Hashable {
        /// More than `Limits.mutedPhraseCharactersMax` characters or `Limits.mutedPhraseBytesMax` bytes.
        case tooLong
        /// Nothing but spaces: it would be in every text, or in none.
        case empty
    }

    /// As it was entered.
    package let text: String
    /// By each folding under which it is looked for, its words.
    let words: [CaseFolding: [UInt64]]

    /// - Parameter languageTag: of the phrase, BCP 47; decides about `I` and `ı` in Turkish and Azerbaijani. Where nobody knows
    ///   it, the phrase is looked for in either way, so that `SIKINTI` is `sıkıntı` and `SIKINTI` is `sikinti`.
    package init(_ text: String, languageTag: String? = nil) throws(Refusal) {
        guard text.utf8.count <= Limits.mutedPhraseBytesMax, text.count <= Limits.mutedPhraseCharactersMax else {
            throw .tooLong
        }
        self.text = text
        let foldings = languageTag.map { [CaseFolding(languageTag: $0)] } ?? Self.foldings(of: text)
        words = Dictionary(uniqueKeysWithValues: foldings.map { ($0, WordHasher.words(of: text, folding: $0)) })
        guard words.values.allSatisfy({ !$0.isEmpty }) else { throw .empty }
    }

    /// The Turkic one finds more only where there is an `I` or an `ı`: for `i` and `İ` the two agree.
    private static func foldings(of text: String) -> [CaseFolding] {
        let scalars = CompatibilityForm.of(text).unicodeScalars
        return scalars.contains { $0 == "I" || $0 == "\u{131}" } ? [.standard, .turkic] : [.standard]
    }
}

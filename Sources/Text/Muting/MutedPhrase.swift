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
    let folding: CaseFolding
    let words: [UInt64]

    /// - Parameter languageTag: of the phrase, BCP 47; decides about `I` and `ı` in Turkish and Azerbaijani.
    package init(_ text: String, languageTag: String? = nil) throws(Refusal) {
        guard text.utf8.count <= Limits.mutedPhraseBytesMax, text.count <= Limits.mutedPhraseCharactersMax else {
            throw .tooLong
        }
        self.text = text
        folding = CaseFolding(languageTag: languageTag)
        words = WordHasher.words(of: text, folding: folding)
        guard !words.isEmpty else { throw .empty }
    }
}

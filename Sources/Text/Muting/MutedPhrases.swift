import Core

/// Finds any of many phrases in a text, in one pass over its words however many the phrases are.
///
/// That is Aho and Corasick's automaton (1975) with words for letters, so a match begins and ends with a word by itself.
/// A phrase in Turkish and one in another language fold a text differently: there is an automaton for each of the two.
package struct MutedPhrases: Sendable {
    private let standard: PhraseAutomaton
    private let turkic: PhraseAutomaton

    /// - Parameter phrases: at most `Limits.mutedPhrasesMax`; those beyond are not looked for.
    package init(_ phrases: [MutedPhrase]) {
        let known = phrases.prefix(Limits.mutedPhrasesMax).enumerated()
        func automaton(_ folding: CaseFolding) -> PhraseAutomaton {
            PhraseAutomaton(
                known.compactMap { number, phrase in phrase.words[folding].map { (number: number, words: $0) } })
        }
        standard = automaton(.standard)
        turkic = automaton(.turkic)
    }

    package var isEmpty: Bool { standard.isEmpty && turkic.isEmpty }

    /// - Returns: the index of a phrase that the text holds (of several, the one that ends first); nil when it holds none.
    package func match(in text: FoldedText) -> Int? {
        standard.match(in: text.words(.standard)) ?? turkic.match(in: text.words(.turkic))
    }
}

import Core
import TestSupport
import Testing

@testable import Text

@Suite struct MutedPhrasesTests {
    private func holds(_ text: String, _ phrase: String, language: String? = nil) throws -> Bool {
        try MutedPhrases([MutedPhrase(phrase, languageTag: language)]).match(in: FoldedText(text)) != nil
    }

    @Test(
        "a word or phrase is found whole, in any case",
        arguments: [
            ("modern ART!", "art"), ("new   york", "New York"), ("in new\nyork", "new york"), ("(Spoiler)", "spoiler"),
            ("I know C++ well", "c++"), ("see #Swift", "#swift"), ("see #swift", "swift"), ("don’t look", "don't"),
            ("STRASSE", "straße"), ("cafe\u{301}", "café"), ("spo\u{200B}iler", "spoiler"), ("ｓｐｏｉｌｅｒ", "spoiler"),
            ("a 💩 b", "💩"), ("❤\u{FE0F}", "❤"), ("日本語ハッシュ", "本語"), ("트위터를", "트위터"), ("ผู้เริ่มต้น", "เริ่ม"), ("a_b", "a_b"),
            ("b a a b", "a b"),
        ])
    func found(text: String, phrase: String) throws {
        #expect(try holds(text, phrase))
    }

    @Test(
        "part of a word is not the word",
        arguments: [
            ("start", "art"), ("arts", "art"), ("art_", "art"), ("art1", "art"), ("art\u{301}", "art"),
            ("café", "cafe"),
            ("new, york", "new york"), ("york new", "new york"), ("I know C", "c++"), ("swift", "#swift"), ("ผู", "ผ"),
            ("", "a"),
        ])
    func notFound(text: String, phrase: String) throws {
        #expect(try !holds(text, phrase))
    }

    @Test("one word in its spellings, whatever the language", arguments: spellings)
    func anyLanguage(spellings: [String]) throws {
        for text in spellings {
            for phrase in spellings { #expect(try holds("a \(text) b", phrase), "\(phrase) in \(text)") }
        }
    }

    private static let spellings = [
        ["İSTANBUL", "istanbul", "Istanbul", "ISTANBUL", "İstanbul", "i\u{307}stanbul"],
        ["straße", "STRASSE", "STRAẞE", "strasse"], ["ὈΔΥΣΣΕΎΣ", "ὀδυσσεύς", "ὀδυσσεύσ"],
        ["ISPARTA", "ısparta"], ["Éclair", "e\u{301}clair"], ["ﬁn", "FIN"], ["ДЖ", "дж"],
    ]

    @Test(
        "the language of a phrase decides about its i",
        arguments: [
            ("SIKINTI", "sıkıntı", "tr", true), ("SIKINTI", "sıkıntı", "en", false), ("SIKINTI", "sıkıntı", nil, true),
            ("SIKINTI", "sikinti", nil, true), ("sıkıntı", "SIKINTI", nil, true), ("sinir", "sınır", nil, false),
            ("SINIR", "sınır", nil, true), ("SINIR", "sinir", nil, true), ("sınır", "sinir", nil, false),
            ("İSTANBUL", "istanbul", "tr", true),
            ("ISTANBUL", "istanbul", "tr", false), ("ISTANBUL", "istanbul", "en", true),
            ("istanbul", "İSTANBUL", "az", true),
        ])
    func language(text: String, phrase: String, language: String?, expected: Bool) throws {
        #expect(try holds(text, phrase, language: language) == expected)
    }

    @Test("of phrases that begin alike the right one is named")
    func overlapping() throws {
        let phrases = try MutedPhrases(["a b c", "b d", "x", "b c d e"].map { try MutedPhrase($0) })
        #expect(phrases.match(in: FoldedText("a b d")) == 1)
        #expect(phrases.match(in: FoldedText("a b c")) == 0)
        #expect(phrases.match(in: FoldedText("b c d x")) == 2)
        #expect(phrases.match(in: FoldedText("b b c d e")) == 3)
        #expect(phrases.match(in: FoldedText("a a b b c d")) == nil)
    }

    @Test("what is too long or nothing is refused")
    func refused() throws {
        #expect(throws: MutedPhrase.Refusal.empty) { try MutedPhrase(" \u{200B}\n") }
        let longest = String(repeating: "é", count: Limits.mutedPhraseCharactersMax)
        _ = try MutedPhrase(longest)
        #expect(throws: MutedPhrase.Refusal.tooLong) { try MutedPhrase(longest + "a") }
        let stacked = "a" + String(repeating: "\u{301}", count: Limits.mutedPhraseBytesMax)
        #expect(throws: MutedPhrase.Refusal.tooLong) { try MutedPhrase(stacked) }
    }

    @Test("none, and more than the limit")
    func count() throws {
        #expect(MutedPhrases([]).isEmpty)
        #expect(MutedPhrases([]).match(in: FoldedText("a")) == nil)
        let many = try (0...Limits.mutedPhrasesMax).map { try MutedPhrase("word\($0)") }
        let phrases = MutedPhrases(many)
        #expect(phrases.match(in: FoldedText("word\(Limits.mutedPhrasesMax - 1)")) == Limits.mutedPhrasesMax - 1)
        #expect(phrases.match(in: FoldedText("word\(Limits.mutedPhrasesMax)")) == nil)
    }

    @Test("it finds what looking for each phrase by itself finds", arguments: 0..<100)
    func againstSearch(seed: Int) throws {
        var generator = SeededGenerator(seed: seed)
        func words(_ count: ClosedRange<Int>) -> [String] {
            (0..<Int.random(in: count, using: &generator)).map { _ in
                ["a", "b", "c"].randomElement(using: &generator) ?? ""
            }
        }
        let phrases = (0..<20).map { _ in words(2...6) }
        let matcher = try MutedPhrases(phrases.map { try MutedPhrase($0.joined(separator: " ")) })
        for _ in 0..<50 {
            let text = words(0...12)
            let expected = phrases.contains { phrase in
                text.indices.contains { text[$0...].starts(with: phrase) }
            }
            let found = matcher.match(in: FoldedText(text.joined(separator: " ")))
            #expect((found != nil) == expected)
            if let found { #expect(text.indices.contains { text[$0...].starts(with: phrases[found]) }) }
        }
    }
}

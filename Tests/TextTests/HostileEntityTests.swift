import Core
import TestSupport
import Testing

@testable import Text

@Suite struct HostileEntityTests {
    private static let size = Limits.contentBytesMax / 4

    /// Each repeated up to a size at which a quadratic rule is told from a linear one without waiting for it.
    private static let patterns = [
        "@", "#", "＠", "＃", ".", ":", "/", "(", ")", "-", "a", "é", "@a", "#a", "@ab", "#é", "a.", ".com", "a.com",
        "a.com/(",
        "a.com/((", "a.com/(a", "a.com?", "a.com?a", "a.com:", "http://", "https://a", "http://a.", "http://a.com/(",
        "http://é.",
        "http://é.com", "http://ж", "http://ж.рф", "https://t.co/", "https://t.co/a(", "xn--", "http://xn--", "a.xn--",
        "_a.com",
        "@a.com", "#a.com", "#a.com#", "rt@", "RT@ab", "a-.com", "a.みんな", "みんな.", ".みんな", "http://みんな.みん", "\u{FDFA}",
        "#\u{FDFA}",
        "#a\u{301}", "\u{301}", "\u{200D}", "👨‍👩‍👧#", "@ab/", "@ab@", "#ab\u{FE0F}#", "http://a.com/a(b(", "a.com/()",
        "((((a.com",
    ]

    @Test("work grows with the size of a text and not faster", arguments: patterns)
    func linear(pattern: String) {
        let text = String(repeating: pattern, count: Self.size / pattern.utf8.count)
        let result = TextEntities.extractCountingWork(from: text)
        #expect(result.bytesRead <= 8 * text.utf8.count)
        expectSound(result.entities, in: text)
    }

    @Test("so it does where one end is far from where it began", arguments: patterns)
    func linearRun(pattern: String) {
        let tail = String(repeating: "a", count: Self.size / 2)
        let text = String(repeating: pattern, count: Self.size / 2 / pattern.utf8.count) + tail + pattern + tail
        #expect(TextEntities.extractCountingWork(from: text).bytesRead <= 8 * text.utf8.count)
    }

    @Test("of anything, entities are in order, apart, and say what stands there", arguments: 0..<200)
    func random(seed: Int) {
        var generator = SeededGenerator(seed: seed)
        let scalars = (0..<Int.random(in: 0...400, using: &generator)).map { _ in Self.randomScalar(&generator) }
        let text = String(String.UnicodeScalarView(scalars))
        expectSound(TextEntities.extract(from: text), in: text)
    }

    @Test("of pieces of entities too", arguments: 0..<200)
    func randomPieces(seed: Int) {
        var generator = SeededGenerator(seed: seed)
        let count = Int.random(in: 0...100, using: &generator)
        let text = (0..<count).compactMap { _ in Self.patterns.randomElement(using: &generator) }.joined()
        expectSound(TextEntities.extract(from: text), in: text)
    }

    @Test("naughty strings are read, folded and compared like others", arguments: try Vendored.naughtyStrings())
    func naughty(text: String) throws {
        expectSound(TextEntities.extract(from: text), in: text)
        let skeleton = Confusables.skeleton(of: text)
        #expect(Confusables.skeleton(of: skeleton) == skeleton)
        guard let phrase = try? MutedPhrase(text) else { return }
        #expect(MutedPhrases([phrase]).match(in: FoldedText("before \(text) after")) == 0)
    }

    private static func randomScalar(_ generator: inout SeededGenerator) -> Unicode.Scalar {
        if Bool.random(using: &generator) { return Unicode.Scalar(UInt8.random(in: 0...127, using: &generator)) }
        return Unicode.Scalar(UInt32.random(in: 0...0x10FFFF, using: &generator)) ?? "\u{FFFD}"
    }

    private func expectSound(_ entities: TextEntities, in text: String) {
        let scalars = Array(text.unicodeScalars)
        var found: [(range: Range<Int>, text: String)] = []
        found += entities.mentions.map { ($0.scalars, $0.name) }
        found += entities.hashtags.map { ($0.scalars, $0.tag) }
        found += entities.urls.map { ($0.scalars, $0.url) }
        let isSorted = [
            entities.mentions.map(\.scalars), entities.hashtags.map(\.scalars), entities.urls.map(\.scalars),
        ]
        .allSatisfy { ranges in zip(ranges, ranges.dropFirst()).allSatisfy { $0.upperBound <= $1.lowerBound } }
        #expect(isSorted)
        found.sort { $0.range.lowerBound < $1.range.lowerBound }
        for (one, next) in zip(found, found.dropFirst()) { #expect(one.range.upperBound <= next.range.lowerBound) }
        #expect((found.last?.range.upperBound ?? 0) <= scalars.count)
        let wrong = found.filter { one in
            let written = String(String.UnicodeScalarView(scalars[one.range]))
            return one.text != written
                && one.text.unicodeScalars.map(\.value) != scalars[one.range].dropFirst().map(\.value)
        }
        #expect(wrong.isEmpty)
    }
}

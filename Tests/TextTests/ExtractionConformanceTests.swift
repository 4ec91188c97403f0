import Testing

@testable import Text

/// `extract.yml` of twitter-text. What is left out: cashtags, which Starling has not (`$SWIFT` is text), and what of the
/// cases about lists is about the list (`@alice/friends` mentions alice: lists have ids here, not names in a text).
@Suite struct ExtractionConformanceTests {
    private typealias Entity = Conformance.Entity

    @Test("every category is run or argued away")
    func categories() throws {
        let run: Set = [
            "mentions", "mentions_with_indices", "mentions_or_lists_with_indices", "replies", "urls",
            "urls_with_indices", "urls_with_directional_markers", "tco_urls_with_params", "hashtags",
            "hashtags_from_astral", "hashtags_with_indices",
        ]
        let leftOut: Set = ["cashtags", "cashtags_with_indices"]
        #expect(try Conformance.categories("extract") == run.union(leftOut))
    }

    @Test("mentions", arguments: try Conformance.extraction("mentions", as: [String].self))
    func mentions(_ example: Conformance.Case<[String]>) {
        #expect(TextEntities.extract(from: example.text).mentions.map(\.name) == example.expected)
    }

    @Test(
        "where mentions are",
        arguments: try Conformance.extraction("mentions_with_indices", as: [Conformance.Entity].self)
            + Conformance.extraction("mentions_or_lists_with_indices"))
    func mentionRanges(_ example: Conformance.Case<[Conformance.Entity]>) {
        let found = TextEntities.extract(from: example.text).mentions.map { Entity($0.name, $0.scalars) }
        let expected = example.expected.map { entity in
            let start = entity.indices[0]
            let slug = entity.listSlug?.unicodeScalars.count ?? 0
            return Entity(entity.name, start..<entity.indices[1] - slug)
        }
        #expect(found == expected)
    }

    @Test("whom a text answers", arguments: try Conformance.extraction("replies", as: String?.self))
    func replies(_ example: Conformance.Case<String?>) {
        let first = TextEntities.extract(from: example.text).mentions.first { mention in
            example.text.unicodeScalars.prefix(mention.scalars.lowerBound).allSatisfy(\.properties.isWhitespace)
        }
        #expect(first?.name == example.expected)
    }

    @Test(
        "addresses",
        arguments: try Conformance.extraction("urls", as: [String].self)
            + Conformance.extraction("tco_urls_with_params"))
    func urls(_ example: Conformance.Case<[String]>) {
        #expect(TextEntities.extract(from: example.text).urls.map(\.url) == example.expected)
    }

    @Test(
        "where addresses are",
        arguments: try Conformance.extraction("urls_with_indices", as: [Conformance.Entity].self)
            + Conformance.extraction("urls_with_directional_markers"))
    func urlRanges(_ example: Conformance.Case<[Conformance.Entity]>) {
        let found = TextEntities.extract(from: example.text).urls.map { Entity($0.url, $0.scalars) }
        #expect(found == example.expected)
    }

    @Test(
        "hashtags",
        arguments: try Conformance.extraction("hashtags", as: [String].self)
            + Conformance.extraction("hashtags_from_astral"))
    func hashtags(_ example: Conformance.Case<[String]>) {
        #expect(TextEntities.extract(from: example.text).hashtags.map(\.tag) == example.expected)
    }

    @Test(
        "where hashtags are",
        arguments: try Conformance.extraction("hashtags_with_indices", as: [Conformance.Entity].self))
    func hashtagRanges(_ example: Conformance.Case<[Conformance.Entity]>) {
        let found = TextEntities.extract(from: example.text).hashtags.map { Entity($0.tag, $0.scalars) }
        #expect(found == example.expected)
    }
}

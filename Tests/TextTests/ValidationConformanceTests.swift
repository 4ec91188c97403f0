import Testing

@testable import Text

/// `validate.yml` of twitter-text, asked of extraction: something is valid when it is found and is the whole text.
///
/// What is left out:
/// - `tweets` and the three counters: Twitter's lengths (140 and 280, weighted by script, addresses counted as 23). A post
///   here has a length in graphemes, which `PostContent` decides and its tests check.
/// - What is a list in `lists`: lists have ids here, not names in a text. All these cases mention their owner, and no more.
/// - Three `urls` that are valid but not made into links in a text, by twitter-text's own extraction neither: one with
///   user and password, which is how a host is disguised, and hosts that are IP addresses.
@Suite struct ValidationConformanceTests {
    private static let unlinked = ["Valid url: port and userinfo", "Valid url: ipv4", "Valid url: ipv6"]

    @Test("every category is run or argued away")
    func categories() throws {
        let run: Set = ["usernames", "lists", "hashtags", "urls", "urls_without_protocol"]
        let leftOut: Set = [
            "tweets", "WeightedTweetsCounterTest", "WeightedTweetsWithDiscountedEmojiCounterTest",
            "UnicodeDirectionalMarkerCounterTest",
        ]
        #expect(try Conformance.categories("validate") == run.union(leftOut))
    }

    @Test("usernames", arguments: try Conformance.validation("usernames"))
    func usernames(_ example: Conformance.Case<Bool>) {
        let found = TextEntities.extract(from: example.text).mentions
        #expect((found.map(\.scalars) == [whole(example.text)]) == example.expected)
    }

    @Test("lists are their owners' mentions", arguments: try Conformance.validation("lists"))
    func lists(_ example: Conformance.Case<Bool>) {
        let found = TextEntities.extract(from: example.text).mentions
        #expect(found.map(\.name) == ["username"])
    }

    @Test("hashtags", arguments: try Conformance.validation("hashtags"))
    func hashtags(_ example: Conformance.Case<Bool>) {
        let found = TextEntities.extract(from: example.text).hashtags
        #expect((found.map(\.scalars) == [whole(example.text)]) == example.expected)
    }

    @Test(
        "addresses",
        arguments: try Conformance.validation("urls", except: unlinked)
            + Conformance.validation("urls_without_protocol"))
    func urls(_ example: Conformance.Case<Bool>) {
        let found = TextEntities.extract(from: example.text).urls
        #expect((found.map(\.scalars) == [whole(example.text)]) == example.expected)
    }

    @Test("what is left out is not linked in part", arguments: try Conformance.validation("urls"))
    func notLinked(_ example: Conformance.Case<Bool>) {
        guard Self.unlinked.contains(example.description) else { return }
        #expect(TextEntities.extract(from: example.text).urls.isEmpty)
    }

    private func whole(_ text: String) -> Range<Int> { 0..<text.unicodeScalars.count }
}

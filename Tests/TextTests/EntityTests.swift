import Core
import Testing

@testable import Text

/// Where Starling's rules are its own, and what the conformance cases do not ask.
@Suite struct EntityTests {
    private func extract(_ text: String) -> TextEntities { TextEntities.extract(from: text) }

    @Test(
        "a mention is of what can be a username here",
        arguments: [
            ("@a", []), ("@ab", ["ab"]), ("@" + String(repeating: "a", count: 30), [String(repeating: "a", count: 30)]),
            ("@" + String(repeating: "a", count: 31), []), ("@Alice_1", ["Alice_1"]), ("@älice", []),
            ("@al-ice", ["al"]),
            ("＠alice", ["alice"]), ("(@alice)", ["alice"]), ("@alice's", ["alice"]), ("@alice.", ["alice"]),
            ("@alice@example.com", []), ("alice@example.com", []), ("@alice/@bob", ["alice", "bob"]),
            ("@alice\u{301}", []), ("art@alice", []), (".rt@alice", []), ("ért@alice", ["alice"]),
        ])
    func mentions(text: String, names: [String]) {
        #expect(extract(text).mentions.map(\.name) == names)
    }

    @Test("the bounds on mentions are those on usernames")
    func usernameLength() {
        for length in 1...40 {
            let isMention = !extract("@" + String(repeating: "x", count: length)).mentions.isEmpty
            #expect(isMention == Limits.usernameLength.contains(length))
        }
    }

    @Test("a hashtag has a length that it may not exceed, and is not cut to it")
    func longHashtag() {
        let longest = String(repeating: "é", count: Limits.hashtagScalarsMax)
        #expect(extract("#\(longest)").hashtags.map(\.tag) == [longest])
        #expect(extract("#\(longest)e").hashtags.isEmpty)
    }

    @Test(
        "what a reader cannot see is no hashtag",
        arguments: ["#\u{3164}", "#\u{200D}", "#\u{FE0F}\u{20E3}", "#\u{FE0F}a"])
    func invisibleHashtag(text: String) {
        #expect(extract(text).hashtags.isEmpty)
    }

    @Test(
        "addresses",
        arguments: [
            ("see https://example.com/a_(b(c))d, ok", ["https://example.com/a_(b(c))d"]),
            ("(see https://example.com/a)", ["https://example.com/a"]),
            ("https://example.com/(a", ["https://example.com/"]), ("https://example.com/()", ["https://example.com/"]),
            ("https://example.com:8080/a?b=c", ["https://example.com:8080/a?b=c"]),
            ("https://example.com:123456/a", ["https://example.com"]),
            ("https://example.com:", ["https://example.com"]),
            ("example.com:8080", ["example.com:8080"]), ("https://example.com?", ["https://example.com"]),
            ("HTTPS://EXAMPLE.COM", ["HTTPS://EXAMPLE.COM"]), ("ftp://example.com", []), ("xhttp://example.com", []),
            ("éhttp://example.com", ["http://example.com"]), ("https://user:secret@example.com", []),
            ("javascript://example.com", []), ("http://localhost", []), ("see.Then go", []), ("e.g. this", []),
            ("https://ПРИМЕР.РФ/", ["https://ПРИМЕР.РФ/"]),
            ("https://xn--e1afmkfd.xn--p1ai", ["https://xn--e1afmkfd.xn--p1ai"]),
            (
                "https://" + String(repeating: "a", count: 63) + ".com",
                ["https://" + String(repeating: "a", count: 63) + ".com"]
            ),
            ("https://" + String(repeating: "a", count: 64) + ".com", []),
            ("https://" + String(repeating: "ж", count: 60) + ".com", []), ("a.com.b.invalid", ["a.com"]),
            ("https://example.com/@alice#x", ["https://example.com/@alice#x"]),
        ])
    func urls(text: String, expected: [String]) {
        let found = extract(text)
        #expect(found.urls.map(\.url) == expected)
        #expect(found.mentions.isEmpty && found.hashtags.isEmpty)
    }

    @Test("an address longer than the limit is text")
    func longAddress() {
        let base = "https://example.com/"
        let longest = base + String(repeating: "a", count: Limits.entityURLBytesMax - base.utf8.count)
        #expect(extract(longest).urls.map(\.url) == [longest])
        #expect(extract(longest + "a").urls.isEmpty)
    }

    @Test("offsets count scalars, whatever a character is made of")
    func offsets() {
        let found = extract("👨‍👩‍👧 @alice e\u{301} #tag 🇩🇪 example.com")
        #expect(found.mentions.map(\.scalars) == [6..<12])
        #expect(found.hashtags.map(\.scalars) == [16..<20])
        #expect(found.urls.map(\.scalars) == [24..<35])
    }

    @Test(
        "labels are as long as DNS sees them",
        arguments: [
            ("münchen", "mnchen-3ya"), ("bücher", "bcher-kva"), ("☃", "n3h"), ("例え", "r8jz45g"), ("пример", "e1afmkfd"),
            ("почемужеонинеговорятпорусски", "b1abfaaepdrnnbgefbadotcwatmq2g4l"),
            ("他们为什么不说中文", "ihqwcrb4cv8a8dqg056pqjye"),
        ])
    func punycode(label: String, encoded: String) {
        #expect(Punycode.encodedLength(label) == encoded.utf8.count)
    }
}

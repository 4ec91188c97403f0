import Core
import Testing

@Suite("JSON strings read back")
struct JSONStringTests {
    @Test(
        "what was written is read back, and nothing behind the closing quote",
        arguments: [
            "", "plain", "\"", "a \"quote\" and \\ more", "tab\tline\nreturn\r", "\u{1}\u{1F}", "über 🐦 \u{0}", "\\n",
        ])
    func back(text: String) {
        var json = JSONWriter(capacity: 16)
        json.string(text)
        json.raw(",\"more\":1}")
        #expect(json.bytes.withUnsafeBytes { JSONString.text(.init(rebasing: $0.dropFirst())) } == text)
    }

    @Test("bytes that break off are no trap", arguments: ["", "\"", "\"abc", "\"abc\\", "\"\\u00"])
    func broken(json: String) {
        _ = Array(json.utf8).withUnsafeBytes { JSONString.text(.init(rebasing: $0.dropFirst())) }
    }
}

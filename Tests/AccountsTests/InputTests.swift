import Accounts
import Testing

@Suite("Input")
struct InputTests {
    @Test(
        "usernames",
        arguments: [
            ("al", "al"), ("Alice_99", "alice_99"), ("___", "___"),
            ("a23456789012345678901234567890", "a23456789012345678901234567890"),
        ])
    func goodUsername(text: String, value: String) throws {
        #expect(try Username(text).value == value)
    }

    @Test(
        "what is no username",
        arguments: [
            "", "a", "a234567890123456789012345678901", "al ice", "al-ice", "élan", "al\u{0}ce", "İstanbul",
            "\u{212A}elvin",
            "al.ice", "@alice", "alice\n",
        ])
    func badUsername(text: String) {
        #expect(throws: AccountsError.self) { try Username(text) }
    }

    @Test("e-mail addresses", arguments: ["a@b", "Alice@Example.org", "a.b+c@d-e.example", "x!#$%@sub.example.org"])
    func goodEmail(text: String) throws {
        let email = try EmailAddress(text)
        #expect(email.value == text)
        #expect(email.key == text.lowercased())
    }

    @Test(
        "what is no e-mail address",
        arguments: [
            "", "a", "@", "a@", "@b", "a@b@c", "a b@c", "a@b..c", "a@-b", "a@b-", "a@b.", "a\u{0}@b", "ä@b", "a@ä.de",
            "a@b\r\nBcc: c@d", String(repeating: "a", count: 65) + "@b",
            "a@" + String(repeating: "b.", count: 127) + "b", "a@" + String(repeating: "b", count: 64),
        ])
    func badEmail(text: String) {
        #expect(throws: AccountsError.self) { try EmailAddress(text) }
    }

    @Test("a password has at least 8 characters and at most 256 bytes")
    func password() throws {
        _ = try Password("12345678")
        _ = try Password(String(repeating: "x", count: 256))
        for text in ["", "1234567", "e\u{301}e\u{301}", String(repeating: "x", count: 257), "1234\u{0}5678"] {
            #expect(throws: AccountsError.self) { try Password(text) }
        }
    }

    @Test("a password does not print")
    func passwordPrints() throws {
        let password = try Password("correct horse")
        var dumped = ""
        dump(password, to: &dumped)
        #expect(!("\(password)" + String(reflecting: password) + dumped).contains("horse"))
    }

    @Test(
        "display names are trimmed and nothing else",
        arguments: [
            ("Alice", "Alice"), ("  Alice  B ", "Alice  B"), ("\u{3000}愛\n", "愛"), ("👩‍👩‍👧‍👦", "👩‍👩‍👧‍👦"),
            ("e\u{301}", "e\u{301}"), ("❤\u{FE0F}‍🔥 x", "❤\u{FE0F}‍🔥 x"), ("🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🏴󠁧󠁢󠁥󠁮󠁧󠁿"),
            ("می\u{200C}خواهم", "می\u{200C}خواهم"), ("क्\u{200D}ष", "क्\u{200D}ष"), ("שלום Alice", "שלום Alice"),
            ("👋🏽", "👋🏽"),
            (String(repeating: "é", count: 50), String(repeating: "é", count: 50)),
        ])
    func goodDisplayName(text: String, value: String) throws {
        #expect(Array(try DisplayName(text).value.utf8) == Array(value.utf8))
    }

    @Test(
        "what is no display name",
        arguments: [
            "", "   ", "a\nb", "a\u{0}b", "a\u{85}b", "a\u{2028}b", "a\u{7F}b", "a\tb",
            String(repeating: "x", count: 51),
            "a" + String(repeating: "\u{301}", count: 2_000), "alice\u{202E}gpj", "\u{2066}alice\u{2069}",
            "a\u{200B}lice",
            "ali\u{200D}ce", "ali\u{200C}ce", "alice\u{200F}", "\u{200E}alice", "\u{61C}a", "a\u{2060}b", "a\u{FEFF}b",
            "so\u{AD}ft",
            "\u{3164}", "\u{2800}", "\u{2800} \u{2800}", "a\u{E0061}", "\u{FE0F}", "\u{180E}a", "a\u{34F}b",
            "a\u{FFF9}b", "\u{200D}", "a\u{115F}",
            "👍\u{200C}x",
        ])
    func badDisplayName(text: String) {
        #expect(throws: AccountsError.self) { try DisplayName(text) }
    }

    @Test("a bio has at most 500 characters")
    func bio() throws {
        _ = try Biography("")
        _ = try Biography("line\nline")
        _ = try Biography(String(repeating: "👍🏽", count: 500))
        for text in [String(repeating: "x", count: 501), "a\u{0}", "a" + String(repeating: "\u{301}", count: 9_000)] {
            #expect(throws: AccountsError.self) { try Biography(text) }
        }
    }

    @Test(
        "avatar URLs",
        arguments: [
            "http://example.org", "https://example.org/a.png?x=1#y", "HTTPS://EXAMPLE.org:8443/%20",
            "http://127.0.0.1/a",
            "http://[::1]:80/a", "https://xn--bcher-kva.example/",
        ])
    func goodAvatarURL(text: String) throws {
        #expect(try AvatarURL(text).value == text)
    }

    @Test(
        "what is no avatar URL",
        arguments: [
            "", "example.org", "//example.org", "/a.png", "ftp://example.org", "javascript:alert(1)",
            "data:image/png,x",
            "http:", "http://", "http:///a", "http://user@example.org", "http://u:p@example.org", "http://@example.org",
            "http://example.org/a b", "http://example.org/\u{0}", "http://example.org/ä", "http://exa\tmple.org",
            "http://example.org:99999/", "http://exa mple.org", "http:\\\\example.org", "http://[::1",
            "https://example.org/" + String(repeating: "a", count: 2_048),
        ])
    func badAvatarURL(text: String) {
        #expect(throws: AccountsError.self) { try AvatarURL(text) }
    }

    @Test("an error names the field and says a sentence")
    func sentence() {
        let error = #expect(throws: AccountsError.self) { try DisplayName("") }
        #expect(error?.code == .invalid(field: "display_name", reason: "must not be empty"))
        #expect(error?.description == "display_name must not be empty.")
    }
}

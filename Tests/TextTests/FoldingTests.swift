import Core
import Testing

@testable import Text

@Suite struct FoldingTests {
    @Test(
        "spellings of one hashtag share a key",
        arguments: [
            ("Swift", "swift"), ("#SWIFT", "swift"), ("＃ｓｗｉｆｔ", "swift"), ("Straße", "strasse"), ("STRASSE", "strasse"),
            ("ΣΊΣΥΦΟΣ", "σίσυφοσ"), ("Σίσυφος", "σίσυφοσ"), ("cafe\u{301}", "café"), ("ﾊｯｼｭﾀｸﾞ", "ハッシュタグ"),
            ("می\u{200C}خواهم", "میخواهم"), ("メ～テレ", "メ〜テレ"), ("メ〜テレ", "メ〜テレ"), ("ﬁn", "fin"), ("ın", "in"),
            ("İSTANBUL", "istanbul"),
            ("Istanbul", "istanbul"), ("ıstanbul", "istanbul"), ("i\u{307}stanbul", "istanbul"), ("ISPARTA", "isparta"),
            ("ısparta", "isparta"), ("ΟΔΟΣ", "οδοσ"), ("οδός", "οδόσ"),
            ("ẞ", "ss"),
            ("il·lusió", "il·lusió"), ("①a", "nil"), ("1", "nil"), ("", "nil"), ("#", "nil"), ("a b", "nil"),
            ("##a", "nil"),
            ("\u{3164}", "nil"),
        ])
    func hashtagKey(tag: String, key: String) {
        #expect(HashtagKey(tag)?.value ?? "nil" == key)
    }

    @Test("diacritics tell hashtags apart")
    func diacritics() {
        #expect(HashtagKey("café") != HashtagKey("cafe"))
    }

    @Test("a key is bounded even where one sign stands for many words")
    func bounded() {
        let tag = String(repeating: "\u{FDFA}", count: Limits.hashtagScalarsMax)
        #expect(HashtagKey(tag) == nil)
        #expect(TextEntities.extract(from: "#" + tag).hashtags.isEmpty)
    }

    @Test("the key of a key is itself, for every letter there is")
    func idempotent() {
        let changing = Alphabets.scalars.filter { scalar in
            guard let key = HashtagKey("a" + String(scalar)) else { return false }
            return HashtagKey(key.value) != key
        }
        #expect(changing.isEmpty)
    }

    @Test("a letter's cases fold to one form, for every letter there is")
    func cases() {
        let apart = Alphabets.scalars.filter { scalar in
            let folded = CaseFolding.standard.fold(String(scalar))
            let upper = CaseFolding.standard.fold(scalar.properties.uppercaseMapping)
            return folded != upper && scalar != "\u{131}"
        }
        #expect(apart.isEmpty)
    }

    @Test(
        "Turkish and Azerbaijani have two letters i",
        arguments: [
            ("tr", "ISI İŞ", "ısı iş"), ("tr-TR", "I", "ı"), ("az_Latn", "İ", "i"), ("TR", "I", "ı"), ("en", "I", "i"),
            (nil, "I", "i"), ("en", "İ", "i"), (nil, "i\u{307}", "i"), ("tra", "I", "i"), ("", "I", "i"),
        ])
    func turkic(tag: String?, text: String, folded: String) {
        #expect(CaseFolding(languageTag: tag).fold(text) == folded)
    }
}

import Foundation
import Testing

@testable import Starling

@Suite struct ImportFormatTests {
    @Test(
        "what names an account in a graph",
        arguments: [
            ("17", "u17"), ("0", "u0"), ("007", "u7"), ("9223372036854775807", "u9223372036854775807"),
            ("alice", "alice"), ("Alice_2", "alice_2"), ("u17", "u17"), ("u07", "u07"),
            ("9223372036854775808", "9223372036854775808"), ("-5", nil), ("1.5", nil), ("a", nil), ("", nil),
            ("über", nil), (String(repeating: "x", count: 31), nil),
        ])
    func name(text: String, username: String?) {
        #expect(AccountName(ArraySlice(text.utf8))?.username == username)
    }

    @Test("a number and the username made of it are one account")
    func sameName() {
        #expect(AccountName(ArraySlice("17".utf8)) == AccountName(ArraySlice("U17".utf8)))
        #expect(AccountName(ArraySlice("7".utf8)) != AccountName(ArraySlice("u07".utf8)))
    }

    @Test(
        "names from elsewhere become usernames",
        arguments: [
            ("Alice B.", "alice_b_"), ("日本", "__"), ("42", "u42"), (" hn01", "hn01"), ("é", nil), ("", nil), ("x", nil),
            (String(repeating: "y", count: 40), String(repeating: "y", count: 30)),
        ])
    func adapted(text: String, username: String?) {
        #expect(AccountName(adapting: text)?.username == username)
    }

    @Test(
        "times as exports write them",
        arguments: [
            ("1341100972", 1_341_100_972_000), ("1341100972123", 1_341_100_972_123),
            ("1341100972.5", 1_341_100_972_500),
            ("2015-09-06T05:56:00Z", 1_441_518_960_000), ("2015-09-06T07:56:00.25+02:00", 1_441_518_960_250),
            ("9/6/2015 5:56", 1_441_518_960_000), ("09/06/2015 05:56:07", 1_441_518_967_000),
            ("9/6/2015", 1_441_497_600_000), ("13/6/2015 5:56", nil), ("2/30/2015 5:56", nil), ("9/6/2015 24:00", nil),
            ("9/6/2015 5:56 PM", nil), ("yesterday", nil), ("", nil), ("nan", nil), ("1e300", nil), ("9/6", nil),
        ] as [(String, Int64?)])
    func time(text: String, expected: Int64?) {
        #expect(WrittenTime.milliseconds(text) == expected)
    }

    @Test(
        "rows of CSV",
        arguments: [
            ("a,b,c", ["a", "b", "c"]), ("", [""]), (",", ["", ""]), ("\"\",x", ["", "x"]),
            ("\"a,b\",\"c\"\"d\"", ["a,b", "c\"d"]), ("\"a\nb\",c", ["a\nb", "c"]),
            ("5\" pipe\",x", ["5\" pipe\"", "x"]),
            ("\"a\"b,c", nil), ("\"open", nil), ("\"\"\"", nil),
        ])
    func row(text: String, fields: [String]?) {
        #expect((try? CSVRow.fields(ArraySlice(text.utf8))) == fields)
    }

    @Test("bytes that are not UTF-8 are no row")
    func encoding() {
        #expect(throws: SkipReason.encoding) { try CSVRow.fields([0x61, 0x2C, 0xFF]) }
    }

    @Test(
        "JSON records",
        arguments: [
            (#"{"text": "hello"}"#, PostFields(text: "hello")),
            (
                #"{"body": "b", "content": "c", "user": 17, "time": 1.5}"#,
                PostFields(text: "c", author: "17", time: "1.5")
            ),
            (
                #"{"title": "t", "username": "x", "created_at": 1341100972}"#,
                PostFields(text: "t", author: "x", time: "1341100972")
            ),
            (#"{"text": null, "title": "t", "author": null}"#, PostFields(text: "t")),
            (#"{}"#, PostFields()), (#"{"text": ["x"]}"#, nil), ("[]", nil), ("{", nil),
        ])
    func json(text: String, fields: PostFields?) {
        #expect((try? JSONDecoder().decode(PostFields.self, from: Data(text.utf8))) == fields)
    }

    @Test("built-in texts have 40 to 300 characters")
    func texts() {
        var numbers = SeededNumbers(seed: 1)
        #expect(Set(BuiltInTexts.sentences).count == BuiltInTexts.sentences.count)
        for sentence in BuiltInTexts.sentences {
            #expect((40...130).contains(sentence.count), "\(sentence)")
        }
        for _ in 0..<2_000 { #expect(BuiltInTexts.post(&numbers).count <= 300) }
    }
}

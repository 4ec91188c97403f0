import Core
import Foundation
import Testing
import TestSupport

@Suite struct IDTests {
    enum Thing {}

    @Test(
        "an id is 1 to 19 decimal digits without sign or leading zero",
        arguments: [
            ("1", 1), ("42", 42), ("9007199254740993", 9_007_199_254_740_993),
            ("9223372036854775807", Int64.max),
        ])
    func accepted(text: String, value: Int64) throws {
        let id = try #require(ID<Thing>(text))
        #expect(id.rawValue == value)
        #expect(id.description == text)
        #expect(ID<Thing>(text[...]) == id)
    }

    @Test(
        "anything else is no id",
        arguments: [
            "", "0", "00", "01", "-1", "+1", " 1", "1 ", "1\n", "1\0", "1.0", "1e3", "0x1", "1_000", "a", "١", "１",
            "1\u{301}", "9223372036854775808", "9999999999999999999", "10000000000000000000", "18446744073709551617",
        ])
    func refused(text: String) {
        #expect(ID<Thing>(text) == nil)
        #expect(ID<Thing>(text[...]) == nil)
    }

    @Test("in JSON an id is a string")
    func json() throws {
        let id = ID<Thing>(9_007_199_254_740_993)
        let encoded = try JSONEncoder().encode([id])
        #expect(String(decoding: encoded, as: UTF8.self) == #"["9007199254740993"]"#)
        #expect(try JSONDecoder().decode([ID<Thing>].self, from: encoded) == [id])
    }

    @Test("JSON that holds no id is refused", arguments: ["[1]", #"["0"]"#, #"["-1"]"#, "[null]", #"["1 "]"#])
    func badJSON(text: String) {
        #expect(throws: DecodingError.self) { try JSONDecoder().decode([ID<Thing>].self, from: Data(text.utf8)) }
    }

    @Test("ids order by number")
    func order() {
        #expect(ID<Thing>(9) < ID<Thing>(10))
        #expect(Position.lowest < Position(1))
        #expect(Position(.max - 1) < Position.highest)
    }
}

import Core
import Foundation
import Testing
import TestSupport

@Suite struct JSONWriterTests {
    static let hostile: [String] = [
        "", "plain", "\"", "\\", "\\\"", "\\u0041", "</script><!--", "a\u{0}b", "\u{7F}\u{80}\u{9F}", "\r\n",
        "\n\r\t\u{8}\u{c}",
        "\u{2028}\u{2029}", "👩‍👩‍👧‍👦🏳️‍🌈", "e\u{301}", "bom \u{FEFF}", "\u{202E}rtl", "\u{FFFD}\u{FFFF}\u{10FFFF}",
        String(repeating: "\"\\", count: 500), "𝄞 and \u{1F600}", "'; DROP TABLE posts; --", "${jndi:ldap://x}",
        String((UInt8(0)...0x7F).map { Character(Unicode.Scalar($0)) }),
    ]

    func written(_ write: (inout JSONWriter) -> Void) -> Data {
        var writer = JSONWriter(capacity: 0)
        write(&writer)
        return Data(writer.bytes)
    }

    @Test("text reads back as it was, for two readers", arguments: hostile)
    func escaping(text: String) throws {
        let json = written {
            $0.raw("[")
            $0.string(text)
            $0.raw("]")
        }
        let decoded = try #require(JSONDecoder().decode([String].self, from: json).first)
        #expect(Array(decoded.utf8) == Array(text.utf8))
        let object = try #require(JSONSerialization.jsonObject(with: json) as? [String])
        #expect(object.map { Array($0.utf8) } == [Array(text.utf8)])
        #expect(json.allSatisfy { $0 >= 0x20 })
    }

    @Test("every control character is escaped", arguments: UInt8(0)..<0x20)
    func controlCharacters(code: UInt8) throws {
        let text = String(Character(Unicode.Scalar(code)))
        let json = written { $0.string("a" + text + "b") }
        #expect(json.allSatisfy { $0 >= 0x20 })
        #expect(try JSONDecoder().decode(String.self, from: json) == "a" + text + "b")
    }

    @Test("bridged and sliced strings are written whole")
    func slices() throws {
        let slice = String("<<\"é\">>".dropFirst(2).dropLast(2))
        #expect(try JSONDecoder().decode(String.self, from: written { $0.string(slice) }) == "\"é\"")
    }

    @Test("numbers at the edges", arguments: [0, 1, -1, 9, 10, -10, 4_294_967_296, Int64.max, Int64.min])
    func integers(value: Int64) throws {
        let json = written { $0.integer(value) }
        #expect(String(decoding: json, as: UTF8.self) == "\(value)")
        #expect(try JSONDecoder().decode(Int64.self, from: json) == value)
        #expect(try JSONDecoder().decode(String.self, from: written { $0.id(value) }) == "\(value)")
    }

    @Test("nothing is null, flags are literals, fragments are spliced")
    func rest() {
        let json = written {
            $0.raw(Array(#"{"a":"#.utf8))
            $0.string(nil)
            $0.raw(#","b":"#)
            $0.id(nil)
            $0.raw(#","c":["#)
            $0.flag(true)
            $0.raw(",")
            $0.flag(false)
            $0.raw("]}")
        }
        #expect(String(decoding: json, as: UTF8.self) == #"{"a":null,"b":null,"c":[true,false]}"#)
    }
}

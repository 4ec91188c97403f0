import Foundation
import TestSupport
import Testing

@testable import HTTPAPI

@Suite("JSON bodies")
struct JSONBodyTests {
    private func members(_ text: String) throws -> [String: StrictJSON.Value]? {
        try StrictJSON.members(of: Array(text.utf8), depthMax: 32)
    }

    @Test("members of the outermost object are told apart by type")
    func types() throws {
        let text = #" {"a":"x","b":true,"c":false,"d":null,"e":-1.5e3,"f":[1,{"a":[]}],"g":{"a":"b"},"":""} "#
        #expect(
            try members(text) == [
                "a": .string("x"), "b": .flag(true), "c": .flag(false), "d": .null, "e": .other, "f": .other,
                "g": .other, "": .string(""),
            ])
        #expect(try members("{}") == [:])
        for other in ["[]", "[{\"a\":1}]", "\"a\"", "1", "null", "true"] { #expect(try members(other) == nil) }
    }

    @Test("strings read as Foundation's decoder reads them", arguments: 1...4)
    func strings(seed: Int) throws {
        var generator = SeededGenerator(seed: seed)
        let parts = [
            "a", "é", "🐦", "👩‍👩‍👧", " ", "\\\"", "\\\\", "\\/", "\\b", "\\f", "\\n", "\\r", "\\t", "\\u0041", "\\u00e9",
            "\\u0000",
            "\\u20AC", "\\ud83d\\udc26", "\\uD834\\uDD1E", "e\u{301}", "\\u0301", "\u{7F}", "\\uFFFF", "\\u2028",
        ]
        for _ in 0..<500 {
            let count = Int.random(in: 0...12, using: &generator)
            let literal = (0..<count).map { _ in parts[Int.random(in: parts.indices, using: &generator)] }.joined()
            let text = "{\"k\":\"\(literal)\"}"
            let expected = try JSONDecoder().decode([String: String].self, from: Data(text.utf8))["k"] ?? ""
            guard case .string(let read) = try members(text)?["k"] else {
                Issue.record("no string: \(text)")
                continue
            }
            #expect(read.utf8.elementsEqual(expected.utf8), "\(text)")
        }
    }

    @Test("names given twice are refused however they are escaped, at any depth")
    func doubleNames() {
        for text in [#"{"a":1,"a":2}"#, #"{"a":1,"\u0061":2}"#, #"{"x":{"b":1,"b":2}}"#, #"[{"\/":1,"/":2}]"#] {
            #expect(throws: StrictJSON.Broken.self, "\(text)") { try members(text) }
        }
    }

    private struct Everything: JSONReadable {
        static let fieldNames = ["needed", "text", "flag"]

        let needed: String
        let text: String?
        let flag: Bool?

        init(_ fields: JSONFields) throws {
            needed = try fields.string("needed")
            text = try fields.optionalString("text")
            flag = try fields.optionalFlag("flag")
        }
    }

    @Test(
        "what is missing or of the wrong type is named",
        arguments: [
            ("{}", 422, "needed is missing."), (#"{"needed":null}"#, 422, "needed is of the wrong type."),
            (#"{"needed":1}"#, 422, "needed is of the wrong type."),
            (#"{"needed":"a","text":[]}"#, 422, "text is of the wrong type."),
            (#"{"needed":"a","flag":"true"}"#, 422, "flag is of the wrong type."),
            (#"{"Needed":1}"#, 422, "Needed is no field of this body, which has flag, needed, text."),
            (#"{"needed":"a","text ":null}"#, 422, "text  is no field of this body, which has flag, needed, text."),
            ("[]", 400, "The body must be a JSON object."),
            ("", 400, "The body is empty; it must be a JSON object."),
            (#"{"needed":}"#, 400, "The body is not valid JSON: a value is missing or unknown, at line 1, column 11."),
        ])
    func problems(text: String, status: Int, detail: String) throws {
        let problem = try #require(throws: Problem.self) {
            try JSONBody.decode(Everything.self, from: Array(text.utf8))
        }
        #expect(problem.status == status)
        #expect(problem.detail == detail)
    }

    @Test("what may be left out may be null")
    func optional() throws {
        for text in [#"{"needed":"a"}"#, #"{"needed":"a","text":null,"flag":null}"#] {
            let body = try JSONBody.decode(Everything.self, from: Array(text.utf8))
            #expect(body.needed == "a" && body.text == nil && body.flag == nil)
        }
    }
}

import Testing

@testable import HTTPAPI

@Suite("JSON trees")
struct JSONTreeTests {
    @Test(
        "a tree is what the text says",
        arguments: [
            ("null", .null), (" true ", .flag(true)), ("[]", .list([])), ("{ }", .object([:])),
            (
                "[1,-2, 3.5,1e2,9223372036854775808]",
                .list([.number(1), .number(-2), .number(nil), .number(nil), .number(nil)])
            ),
            (
                #"{"a\u0062":["x\"y\\",{"c":null}] , "d":false}"#,
                .object(["ab": .list([.string("x\"y\\"), .object(["c": .null])]), "d": .flag(false)])
            ),
            (#"[[],[[""]]]"#, .list([.list([]), .list([.list([.string("")])])])),
        ] as [(String, JSONTree)])
    func trees(text: String, expected: JSONTree) throws {
        _ = try StrictJSON.members(of: Array(text.utf8), depthMax: 8)
        #expect(JSONTree(checked: Array(text.utf8)) == expected)
    }

    @Test("a text that is cut off anywhere ends")
    func cut() {
        let text = Array(#"{"a":["x\"",{"b":[true,1.5]}],"c":"\u00e9"}"#.utf8)
        for count in 0...text.count { _ = JSONTree(checked: Array(text.prefix(count))) }
    }
}

import Core
import Testing
import TestSupport

@Suite struct CursorTests {
    @Test(
        "a cursor reads back what it wrote",
        arguments: [
            Cursor(.feed, 1), Cursor(.since, 0, .max), Cursor(.latest, 7_526_000_000_000_000_000, 42, 0),
            Cursor(.users, 35, 36, 37), Cursor(.revisions, 0), Cursor(.userPosts, .max, .max, .max, .max),
        ])
    func roundTrip(cursor: Cursor) throws {
        let text = cursor.description
        #expect(text.utf8.count <= 64)
        #expect(text.utf8.allSatisfy { $0 == 0x2D || (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) })
        #expect(try Cursor(text, kind: cursor.kind, count: cursor.values.count) == cursor)
    }

    @Test("the text form is the tag and base 36")
    func text() {
        #expect(Cursor(.feed, 35, 36).description == "fz-10")
    }

    @Test(
        "what does not re-encode to itself is refused",
        arguments: [
            "", "f", "f-", "f--", "f1", "f1-", "f-1", "f1-2-3", "f1--2", "f+1-2", "f1-+2", "f01-2", "f1-02", "f1-Z",
            "F1-2", "s1-2", " f1-2", "f1-2 ", "f1-2\n", "f1-2\0", "f1_2", "f1-١", "f1-2\u{301}", "f\u{301}1-2",
            "f1-1y2p0ij32e8e8", "f1-zzzzzzzzzzzzzzzzzzzz", "f1/2", "f" + String(repeating: "1", count: 80),
        ])
    func refused(text: String) {
        #expect(throws: Cursor.Malformed.self) { try Cursor(text, kind: .feed, count: 2) }
    }

    @Test("kind and count must be the ones asked for")
    func kindAndCount() throws {
        let text = Cursor(.feed, 1, 2).description
        #expect(throws: Cursor.Malformed.self) { try Cursor(text, kind: .since, count: 2) }
        #expect(throws: Cursor.Malformed.self) { try Cursor(text, kind: .feed, count: 1) }
        #expect(throws: Cursor.Malformed.self) { try Cursor(text, kind: .feed, count: 3) }
        #expect(throws: Cursor.Malformed.self) { try Cursor("f", kind: .feed, count: 0) }
    }
}

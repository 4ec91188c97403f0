import Foundation
import Testing

@testable import Starling

@Suite struct LineReaderTests {
    let folder: ScratchFolder
    /// Their compressed form is longer than one chunk of reading.
    static let many = (0..<60_000).map { "line \($0) \(UInt64($0) &* 0x9E37_79B9_7F4A_7C15)" }

    init() throws {
        folder = try ScratchFolder()
    }

    func lines(_ path: String) throws -> [String] {
        var reader = LineReader(try InputFile(path: path))
        var lines: [String] = []
        while let line = try reader.next() {
            lines.append(line.isTooLong ? "too long" : String(decoding: line.bytes, as: UTF8.self))
            #expect(line.number == Int64(lines.count))
        }
        return lines
    }

    @Test(
        "lines end with LF, CRLF or the file",
        arguments: [
            ("", []), ("\n", [""]), ("a", ["a"]), ("a\n", ["a"]), ("a\nb", ["a", "b"]), ("a\r\nb\r\n", ["a", "b"]),
            ("a\n\n\nb\n", ["a", "", "", "b"]), ("\u{FEFF}a\nb", ["a", "b"]), ("a\rb\n", ["a\rb"]),
        ])
    func ends(text: String, expected: [String]) throws {
        #expect(try lines(try folder.file("lines.txt", text)) == expected)
        let path = folder.path("lines.gz")
        try SeededGraph.write(text.isEmpty ? [] : [text], to: path)
        #expect(try lines(path).prefix(expected.count) == expected[...])
    }

    @Test("many lines, plain and compressed")
    func many() throws {
        #expect(try lines(try folder.file("many.txt", Self.many.joined(separator: "\n"))) == Self.many)
        #expect(try lines(try folder.file("many.gz", try folder.compressed(Self.many))) == Self.many)
    }

    @Test("members of gzip, one after the other, are one file")
    func members() throws {
        let members = try folder.compressed(["a", "b"]) + folder.compressed(Self.many) + folder.compressed(["c"])
        #expect(try lines(try folder.file("members.gz", members)) == ["a", "b"] + Self.many + ["c"])
    }

    @Test("data that ends too early is told with its line", arguments: [5, 100, 200_000])
    func truncated(count: Int) throws {
        let path = try folder.file("cut.gz", try folder.compressed(Self.many).prefix(count))
        let error = #expect(throws: ImportError.self) { try lines(path) }
        let number = try #require(error?.description.firstMatch(of: #/beyond line (\d+): .* too early/#)?.1)
        #expect((Int(number) ?? 0 > 1) == (count > 5))
    }

    @Test("damaged data is told with its line")
    func damaged() throws {
        var bytes = try folder.compressed(Self.many)
        bytes.replaceSubrange(300_000..<300_100, with: repeatElement(0xAA, count: 100))
        let path = try folder.file("damaged.gz", bytes)
        let error = #expect(throws: ImportError.self) { try lines(path) }
        #expect(error?.description.contains("the compressed data is damaged") == true)
    }

    @Test("a wrong checksum is damage")
    func checksum() throws {
        var bytes = try folder.compressed(["a", "b"])
        bytes[bytes.count - 6] ^= 1
        let path = try folder.file("checksum.gz", bytes)
        #expect(throws: ImportError.self) { try lines(path) }
    }

    @Test("a line of 1 MiB is read, a longer one is passed over")
    func long() throws {
        let limit = String(repeating: "x", count: LineReader.lineBytesMax)
        let text = ["a", limit, limit + "x", limit + limit + limit, "b", limit + "y"].joined(separator: "\n")
        #expect(
            try lines(try folder.file("long.txt", text)) == ["a", limit, "too long", "too long", "b", "too long"])
    }

    @Test("a file that is not there, and one that is a folder")
    func absent() throws {
        let error = #expect(throws: ImportError.self) { try lines(folder.path("absent")) }
        #expect(error?.description.contains("No such file") == true)
        #expect(throws: ImportError.self) { try lines(folder.url.path) }
    }

    @Test("the stored bytes read so far grow up to the size")
    func progress() throws {
        let file = try InputFile(path: try folder.file("many.gz", try folder.compressed(Self.many)))
        var reader = LineReader(file)
        _ = try reader.next()
        #expect(file.bytesRead > 0 && file.bytesRead < file.size)
        while try reader.next() != nil {}
        #expect(file.bytesRead == file.size)
    }

    @Test("quotes hold lines together")
    func quotes() throws {
        let text = "a,b\n\"x\ny\",\"1\"\"2\"\n\"open\r\n\r\nend\"\n\"never\nclosed"
        var reader = LineReader(try InputFile(path: try folder.file("rows.csv", text)))
        var rows: [String] = []
        while let row = try reader.nextQuoted() {
            rows.append("\(row.number)-\(row.lastNumber) \(String(decoding: row.bytes, as: UTF8.self))")
        }
        #expect(
            rows == [
                "1-1 a,b", "2-3 \"x\ny\",\"1\"\"2\"", "4-6 \"open\n\nend\"", "7-8 \"never\nclosed",
            ])
    }
}

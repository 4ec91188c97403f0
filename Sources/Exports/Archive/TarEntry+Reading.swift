import Core

extension TarEntry {
    /// What a header says.
    /// - Throws: `ArchiveError` for what is no regular file of a plain name and a length that fits.
    static func read(_ header: [UInt8]) throws -> (name: String, length: Int) {
        guard header.count == blockBytes, header[257..<262].elementsEqual("ustar".utf8) else {
            throw ArchiveError("it is no tar file")
        }
        var blanked = header
        blanked.replaceSubrange(148..<156, with: repeatElement(UInt8(ascii: " "), count: 8))
        guard octal(header[148..<156]) == blanked.reduce(0, { $0 + Int($1) }) else {
            throw ArchiveError("a header in it is damaged")
        }
        // Neither links nor folders nor a prefix, which would make another path of the name.
        guard header[156] == UInt8(ascii: "0"), header[345] == 0 else {
            throw ArchiveError("it has something that is no plain file")
        }
        guard let length = octal(header[124..<136]), length <= Limits.archiveFileBytesMax else {
            throw ArchiveError("a file in it is too large")
        }
        return (String(decoding: header[0..<100].prefix { $0 != 0 }, as: UTF8.self), length)
    }

    private static func octal(_ field: ArraySlice<UInt8>) -> Int? {
        let digits = field.prefix { $0 != 0 && $0 != UInt8(ascii: " ") }
        guard (1...11).contains(digits.count), digits.allSatisfy({ (48...55).contains($0) }) else { return nil }
        return digits.reduce(0) { $0 << 3 | Int($1 & 7) }
    }
}

/// Files in the tar format: POSIX.1-1988 "ustar", which every tool reads.
enum TarEntry {
    static let blockBytes = 512

    /// The header of a file and its bytes, filled up to whole blocks.
    /// - Parameters:
    ///   - name: at most 100 bytes of ASCII.
    ///   - modifiedAt: milliseconds since 1970.
    static func file(_ name: String, _ content: [UInt8], modifiedAt: Int64) -> [UInt8] {
        var header = [UInt8](repeating: 0, count: blockBytes)
        func put(_ text: String, at place: Int) {
            header.replaceSubrange(place..<place + text.utf8.count, with: text.utf8)
        }
        put(String(name.prefix(100)), at: 0)
        put("0000644\0", at: 100)
        put("0000000\0", at: 108)
        put("0000000\0", at: 116)
        put(octal(content.count, digits: 11) + "\0", at: 124)
        put(octal(Int(max(0, modifiedAt) / 1_000), digits: 11) + "\0", at: 136)
        put("        ", at: 148)
        put("0", at: 156)
        put("ustar\0", at: 257)
        put("00", at: 263)
        put(octal(header.reduce(0) { $0 + Int($1) }, digits: 6) + "\0 ", at: 148)
        let rest = content.count % blockBytes
        return header + content + [UInt8](repeating: 0, count: rest == 0 ? 0 : blockBytes - rest)
    }

    /// What ends an archive.
    static let end = [UInt8](repeating: 0, count: 2 * blockBytes)

    private static func octal(_ number: Int, digits: Int) -> String {
        let text = String(number, radix: 8)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}

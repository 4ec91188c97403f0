import Crypto

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Names what a file holds, so that a file that was moved is the same source and one that was changed is another.
enum SourceDigest {
    private static let chunkBytes = 256 * 1024

    /// - Parameter kind: what the file is imported as.
    static func source(kind: String, path: String) throws -> String {
        guard let file = fopen(path, "rb") else { throw unreadable(path) }
        defer { fclose(file) }
        var hasher = SHA256()
        var chunk = [UInt8](repeating: 0, count: chunkBytes)
        while case let count = fread(&chunk, 1, chunkBytes, file), count > 0 {
            chunk.withUnsafeBytes { hasher.update(bufferPointer: UnsafeRawBufferPointer(rebasing: $0[..<count])) }
        }
        guard ferror(file) == 0 else { throw unreadable(path) }
        let digits = hasher.finalize().prefix(16).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
        return "\(kind)-\(digits.joined())"
    }

    private static func unreadable(_ path: String) -> ImportError {
        ImportError("\(path) cannot be read: \(String(cString: strerror(errno))).")
    }
}

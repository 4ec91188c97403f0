import Core

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A small file that an administrator names.
struct PEMFile: Sendable {
    let path: String

    /// - Throws: `ServerCertificate.Unusable`.
    func read() throws(ServerCertificate.Unusable) -> [UInt8] {
        guard let file = fopen(path, "r") else { throw unreadable() }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: Limits.pemFileBytesMax + 1)
        let count = fread(&bytes, 1, bytes.count, file)
        guard ferror(file) == 0 else { throw unreadable() }
        guard count <= Limits.pemFileBytesMax else { throw .init("\(path) is too long for a PEM file.") }
        return Array(bytes[..<count])
    }

    private func unreadable() -> ServerCertificate.Unusable {
        .init("\(path) cannot be read: \(String(cString: strerror(errno))).")
    }
}

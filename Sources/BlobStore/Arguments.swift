import Core

enum ContentType {
    /// - Throws: `invalidArgument` for what cannot stand in a header or is too long.
    static func checked(_ text: String) throws -> String {
        let isPrintable = text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
        guard isPrintable, (1...Limits.blobContentTypeBytesMax).contains(text.utf8.count), text.utf8.first != 0x20,
            text.utf8.last != 0x20
        else { throw BlobStoreError(.invalidArgument, "not a content type") }
        return text
    }
}

extension BlobPage {
    static func check(limit: Int) throws {
        guard (1...Limits.blobPageMax).contains(limit) else {
            throw BlobStoreError(.invalidArgument, "a page has 1 to \(Limits.blobPageMax) blobs")
        }
    }
}

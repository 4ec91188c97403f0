/// What a store knows of a blob without reading it.
package struct BlobInfo: Hashable, Sendable {
    package let length: Int64
    package let contentType: String
    /// Nil for a blob that came in parts without a checksum, or that another program stored.
    package let sha256: [UInt8]?
}

/// A blob being read.
package struct BlobContent: Sendable {
    /// Of the whole blob, also where a range of it is read.
    package let info: BlobInfo
    /// The bytes that `chunks` has.
    package let range: Range<Int64>
    /// To be read once, and to its end or not at all: what is left unread holds a connection or a file.
    package let chunks: BlobStream
}

/// A blob in a list.
package struct BlobEntry: Hashable, Sendable {
    package let key: BlobKey
    package let length: Int64
    /// When it was stored, in milliseconds since 1970.
    package let storedAt: Int64
}

package struct BlobPage: Hashable, Sendable {
    package let entries: [BlobEntry]
    /// Where the next page begins; nil at the end. A page may be empty and not the last.
    package let next: String?
}

/// A request that whoever holds it may make, until it expires.
package struct PresignedRequest: Hashable, Sendable {
    package let method: String
    package let url: String
    /// Headers that must be sent as they are.
    package let headers: [String: String]
}

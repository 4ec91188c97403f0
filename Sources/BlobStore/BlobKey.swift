import Core

/// The name of a blob: segments of `a-z 0-9 - _ .` with slashes between, none of them beginning with a dot.
///
/// Lower case only, so that a file system that folds cases holds as many blobs as an S3 bucket does.
package struct BlobKey: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    /// - Throws: `invalidKey` for a text that is not a key of at most `Limits.blobKeyBytesMax` bytes.
    package init(_ text: String) throws {
        guard !text.isEmpty, BlobSpelling.isValid(text, allowsOpenEnd: false) else {
            throw BlobStoreError(.invalidKey, "not a key of a blob")
        }
        self.text = text
    }

    package var description: String { text }
}

/// The beginning of keys; it may be empty or end within a segment.
package struct BlobPrefix: Hashable, Sendable {
    package static let all = BlobPrefix()

    package let text: String

    private init() { text = "" }

    /// - Throws: `invalidKey` for what no key can begin with.
    package init(_ text: String) throws {
        guard BlobSpelling.isValid(text, allowsOpenEnd: true) else {
            throw BlobStoreError(.invalidKey, "not the beginning of a key of a blob")
        }
        self.text = text
    }
}

private enum BlobSpelling {
    static func isValid(_ text: String, allowsOpenEnd: Bool) -> Bool {
        guard text.utf8.count <= Limits.blobKeyBytesMax else { return false }
        var isAtStart = true
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "/"), UInt8(ascii: "."):
                if isAtStart { return false }
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
                UInt8(ascii: "_"):
                break
            default: return false
            }
            isAtStart = byte == UInt8(ascii: "/")
        }
        return !isAtStart || allowsOpenEnd
    }
}

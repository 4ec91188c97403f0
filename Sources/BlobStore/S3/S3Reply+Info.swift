import Core

extension S3Reply {
    /// The metadata in which a blob's SHA-256 is kept.
    static let sha256Header = "x-amz-meta-sha256"

    /// What the headers of a get or head say of the whole blob.
    func info(length: Int64) -> BlobInfo {
        let sha256 = headers[Self.sha256Header].flatMap { Hex.bytes($0) }
        return BlobInfo(
            length: length, contentType: String((headers["content-type"] ?? "application/octet-stream").prefix(256)),
            sha256: sha256?.count == 32 ? sha256 : nil)
    }

    /// - Throws: `malformedReply` if the reply does not say how long its body is.
    func contentLength() throws -> Int64 {
        guard let text = headers["content-length"], let length = Int64(text), length >= 0 else {
            throw BlobStoreError(.malformedReply, "S3 does not say how long the blob is")
        }
        return length
    }

    /// The range and the whole length in `Content-Range: bytes 0-9/100`, which must be what was asked for.
    func contentRange(asked: Range<Int64>) throws -> (range: Range<Int64>, length: Int64) {
        let parts = (headers["content-range"] ?? "").split(separator: "/", omittingEmptySubsequences: false)
        let ends = (parts.first ?? "").dropFirst("bytes ".count).split(separator: "-", omittingEmptySubsequences: false)
        guard status == 206, parts.count == 2, ends.count == 2, let length = Int64(parts[1]),
            let first = Int64(ends[0]), let last = Int64(ends[1]), 0 <= first, first <= last, last < length,
            first..<(last + 1) == asked.clamped(to: 0..<length), try contentLength() == last - first + 1
        else { throw BlobStoreError(.malformedReply, "S3 sent another range than was asked for") }
        return (first..<(last + 1), length)
    }

    /// Whether the server stored the bytes that were sent, where it says so: the ETag of what is not encrypted with a key
    /// of the user's is the MD5 of the bytes; source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html
    func checkETag(_ expected: String) throws {
        let encryption = headers["x-amz-server-side-encryption"] ?? "AES256"
        guard encryption == "AES256", headers["x-amz-server-side-encryption-customer-algorithm"] == nil,
            let tag = headers["etag"].map({ $0.filter { $0 != "\"" } }), S3ETag.isMD5(tag)
        else { return }
        guard tag == expected else {
            throw BlobStoreError(.checksumMismatch, "S3 did not store the bytes that were sent")
        }
    }
}

enum S3ETag {
    /// Whether this has the form of the MD5 of an object, or of one that came in parts.
    static func isMD5(_ tag: String) -> Bool {
        let parts = tag.split(separator: "-", omittingEmptySubsequences: false)
        guard let digits = parts.first, Hex.bytes(digits)?.count == 16 else { return false }
        return parts.count == 1 || (parts.count == 2 && Int(parts[1]) != nil)
    }
}

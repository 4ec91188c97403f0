/// What can go wrong with a store of blobs. It never reaches a client: services turn it into their own errors.
package struct BlobStoreError: Error, Hashable, CustomStringConvertible {
    package enum Code: String, Sendable {
        case notFound
        case rangeNotSatisfiable
        case invalidKey
        /// A content type, an expiry, a page's size or token, or a setting.
        case invalidArgument
        case tooLarge
        /// A body that is not as long as was announced.
        case lengthMismatch
        /// Bytes that do not have their checksum, going in or coming out.
        case checksumMismatch
        /// A transfer that ended before its length.
        case cutTransfer
        /// Too many calls wait for this store already.
        case overloaded
        case deadlineExceeded
        /// The store does not let this process do that.
        case refused
        /// The store is out of reach, or broken.
        case unavailable
        /// An answer that the protocol does not allow.
        case malformedReply
    }

    package let code: Code
    package let message: String
    /// The code in S3's reply, such as `NoSuchBucket`.
    package let s3Code: String?

    package init(_ code: Code, _ message: String, s3Code: String? = nil) {
        self.code = code
        self.message = message
        self.s3Code = s3Code
    }

    package var description: String {
        "\(code.rawValue): \(message)" + (s3Code.map { " (\($0))" } ?? "")
    }

    static func notFound(_ key: BlobKey) -> Self { Self(.notFound, "there is no blob \(key)") }
}

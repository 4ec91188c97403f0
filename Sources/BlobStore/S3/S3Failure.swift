import AsyncHTTPClient
import NIOCore

/// An attempt that did not work, and whether another may.
struct S3Failure: Error {
    enum Retry {
        case never
        /// It may have been done.
        case ifIdempotent
        /// The server says it was not done.
        case always
    }

    let error: BlobStoreError
    let retry: Retry

    /// From a reply with a status of 300 or more.
    init(status: Int, body: ByteBuffer, request: S3Request) {
        // A HEAD has no body, and what stands in between need not speak XML.
        let parsed = try? S3XML.parse(body)
        let code = parsed?.name == "Error" ? parsed?["Code"].map { String($0.prefix(64)) } : nil
        error = BlobStoreError(
            Self.code(status, code, isBlob: request.key != nil), "S3 answered \(status)", s3Code: code)
        retry =
            switch (status, code) {
            case (429, _), (503, _): .always
            case (500..., _), (408, _), (400, "RequestTimeout"), (409, "OperationAborted"): .ifIdempotent
            default: .never
            }
    }

    private static func code(_ status: Int, _ code: String?, isBlob: Bool) -> BlobStoreError.Code {
        switch (status, code) {
        case (_, "BadDigest"), (_, "XAmzContentSHA256Mismatch"): .checksumMismatch
        case (404, "NoSuchBucket"): .unavailable
        case (404, _) where isBlob: .notFound
        case (416, _): .rangeNotSatisfiable
        case (429, _), (503, _): .overloaded
        case (500..., _), (408, _), (404, _): .unavailable
        case (300..<400, _): .unavailable
        default: .refused
        }
    }

    /// From what the client threw.
    init(_ thrown: any Error) {
        if let error = thrown as? BlobStoreError {
            self.error = error
            let isWorthIt = [.checksumMismatch, .cutTransfer, .deadlineExceeded].contains(error.code)
            retry = isWorthIt ? .ifIdempotent : .never
        } else if let error = thrown as? HTTPClientError, Self.timeouts.contains(error) {
            self.error = BlobStoreError(.deadlineExceeded, "S3 did not answer in time: \(error.shortDescription)")
            retry = .ifIdempotent
        } else {
            error = BlobStoreError(.unavailable, "S3 is out of reach: \(thrown)")
            retry = .ifIdempotent
        }
    }

    private static let timeouts: [HTTPClientError] = [
        .readTimeout, .writeTimeout, .connectTimeout, .tlsHandshakeTimeout, .getConnectionFromPoolTimeout,
        .deadlineExceeded,
    ]
}

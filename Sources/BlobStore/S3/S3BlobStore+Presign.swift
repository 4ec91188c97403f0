import Core

extension S3BlobStore {
    package func presignedGet(_ key: BlobKey, expires: Duration) throws -> PresignedRequest? {
        try presigned(.GET, key, headers: [], expires: expires)
    }

    package func presignedPut(
        _ key: BlobKey, contentType: String, length: Int64, expires: Duration
    ) throws -> PresignedRequest? {
        guard (0...transport.policy.lengthMax).contains(length) else {
            throw BlobStoreError(.tooLarge, "a blob may have \(transport.policy.lengthMax) bytes")
        }
        // Signed, so that nothing longer and of no other type can be sent with it.
        let headers = [("content-type", try ContentType.checked(contentType)), ("content-length", String(length))]
        return try presigned(.PUT, key, headers: headers, expires: expires)
    }

    private func presigned(
        _ method: S3Request.Method, _ key: BlobKey, headers: [(String, String)], expires: Duration
    ) throws -> PresignedRequest {
        guard (.seconds(1)...Limits.blobPresignedLifetimeMax).contains(expires) else {
            throw BlobStoreError(.invalidArgument, "a presigned request lives for 1 second to 7 days")
        }
        let location = transport.location
        let path = location.path(key)
        let query = transport.signer.presignedQuery(
            method: method.rawValue, path: path, headers: headers + [("host", location.host)],
            expiresSeconds: expires.components.seconds, at: transport.now)
        return PresignedRequest(
            method: method.rawValue, url: "\(location.origin)\(path)?\(query)",
            headers: Dictionary(headers, uniquingKeysWith: { first, _ in first }))
    }
}

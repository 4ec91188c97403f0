import Core
import Telemetry

/// Blobs in a bucket of any server that speaks S3.
///
/// A body that fits one part goes in one request; a larger one in parts, of which nothing can be seen until the last is
/// there. Bytes are held in memory by the part, so that a part can be sent again. A failed upload is aborted; in case this
/// process dies first, the bucket should have a lifecycle rule that aborts incomplete multipart uploads.
package struct S3BlobStore: BlobStore {
    let transport: S3Transport
    let uploads: Turnstile

    /// - Parameter location: see `S3Location`.
    package init(
        location: S3Location, credentials: S3Credentials, policy: S3Policy = S3Policy(), clock: WallClock = .system,
        metrics: any MetricsFactory = MetricsSystem.factory
    ) {
        transport = S3Transport(
            location: location, credentials: credentials, policy: policy, clock: clock, metrics: metrics)
        uploads = Turnstile("uploads", max: Limits.blobUploadsInFlightMax, metrics: metrics)
    }

    var metrics: BlobMetrics { transport.metrics }

    package func get(_ key: BlobKey) async throws -> BlobContent {
        try await metrics.measure(.get) {
            let (head, body, pass) = try await transport.open(S3Request(method: .GET, key: key))
            let info = head.info(length: try head.contentLength())
            return content(info, range: 0..<info.length, BlobStream(body), pass, sha256: info.sha256)
        }
    }

    package func get(_ key: BlobKey, range: Range<Int64>) async throws -> BlobContent {
        try await metrics.measure(.get) {
            guard !range.isEmpty, range.lowerBound >= 0 else {
                throw BlobStoreError(.rangeNotSatisfiable, "an empty range")
            }
            let header = ("Range", "bytes=\(range.lowerBound)-\(range.upperBound - 1)")
            let (head, body, pass) = try await transport.open(S3Request(method: .GET, key: key, headers: [header]))
            let (sent, length) = try head.contentRange(asked: range)
            return content(head.info(length: length), range: sent, BlobStream(body), pass, sha256: nil)
        }
    }

    private func content(
        _ info: BlobInfo, range: Range<Int64>, _ body: BlobStream, _ pass: Turnstile.Pass, sha256: [UInt8]?
    ) -> BlobContent {
        let sound = BlobStream {
            var chunks = body.makeAsyncIterator()
            return {
                defer { withExtendedLifetime(pass) {} }
                do { return try await chunks.next() } catch { throw Self.cut(error) }
            }
        }
        let content = BlobContent(
            info: info, range: range,
            chunks: sound.checked(length: range.upperBound - range.lowerBound, sha256: sha256))
        metrics.gives(content)
        return content
    }

    private static func cut(_ error: any Error) -> any Error {
        if error is CancellationError { return error }
        let failure = S3Failure(error).error
        guard failure.code == .unavailable else { return failure }
        return BlobStoreError(.cutTransfer, "S3 broke off: \(error)")
    }

    package func head(_ key: BlobKey) async throws -> BlobInfo {
        try await metrics.measure(.head) {
            let reply = try await transport.send(S3Request(method: .HEAD, key: key))
            return reply.info(length: try reply.contentLength())
        }
    }

    package func delete(_ key: BlobKey) async throws {
        try await metrics.measure(.delete) {
            do {
                _ = try await transport.send(S3Request(method: .DELETE, key: key))
            } catch let error as BlobStoreError where error.code == .notFound {
                // Some servers say so; it is as it should be.
            }
        }
    }

    package func check() async throws {
        try await metrics.measure(.check) {
            try await Deadline.run(transport.policy.checkDeadline) {
                _ = try await transport.send(S3Request(method: .HEAD))
            }
        }
    }

    package func close() async throws { try await transport.close() }
}

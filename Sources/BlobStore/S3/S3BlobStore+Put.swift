import Core
import Crypto
import Foundation
import NIOCore

extension S3BlobStore {
    @discardableResult
    package func put(_ key: BlobKey, _ body: BlobBody, contentType: String) async throws -> BlobInfo {
        try await metrics.measure(.put) {
            let contentType = try ContentType.checked(contentType)
            var reader = try BodyReader(body, lengthMax: transport.policy.lengthMax)
            let first = try await reader.next(transport.policy.partBytes)
            let sha256: [UInt8]
            if first.readableBytes < transport.policy.partBytes {
                sha256 = try reader.finish()
                try await put(key, first, contentType: contentType, sha256: sha256)
            } else {
                let pass = try await uploads.enter()
                defer { withExtendedLifetime(pass) {} }
                var headers = [("Content-Type", contentType)]
                if let sha256 = body.sha256 { headers.append((S3Reply.sha256Header, Hex.text(sha256))) }
                let upload = try await S3Upload.begin(key, headers: headers, transport)
                sha256 = try await upload.run(first, &reader)
            }
            let info = BlobInfo(length: reader.length, contentType: contentType, sha256: sha256)
            metrics.took(info)
            return info
        }
    }

    private func put(_ key: BlobKey, _ bytes: ByteBuffer, contentType: String, sha256: [UInt8]) async throws {
        let md5 = MD5Text(bytes)
        let headers = [
            ("Content-Type", contentType), ("Content-MD5", md5.base64), (S3Reply.sha256Header, Hex.text(sha256)),
        ]
        _ = try await transport.send(
            S3Request(method: .PUT, key: key, headers: headers, body: bytes, tag: md5.hex))
    }
}

/// The MD5 of what is sent: with it the server notices what changed on the way, and its ETag tells what it stored.
/// It guards against accidents; against people there is the signature, which has the SHA-256.
struct MD5Text {
    let bytes: [UInt8]

    init(_ buffer: ByteBuffer) {
        bytes = Array(buffer.withUnsafeReadableBytes { Insecure.MD5.hash(data: $0) })
    }

    /// Of several parts: S3 hashes their hashes.
    init(parts: [MD5Text]) {
        bytes = Array(Insecure.MD5.hash(data: parts.flatMap(\.bytes)))
    }

    var hex: String { Hex.text(bytes) }
    var base64: String { Data(bytes).base64EncodedString() }
}

import Core
import NIOCore
import Telemetry

/// A multipart upload: begun, its parts sent a few at a time, then completed or aborted.
struct S3Upload {
    private struct Part {
        let number: Int
        let tag: String
        let md5: MD5Text
    }

    private let key: BlobKey
    private let id: String
    private let transport: S3Transport

    static func begin(_ key: BlobKey, headers: [(String, String)], _ transport: S3Transport) async throws -> S3Upload {
        // Done twice, it leaves an upload that nobody knows of.
        let request = S3Request(
            method: .POST, key: key, query: [("uploads", "")], headers: headers, isIdempotent: false)
        let reply = try S3XML.parse(try await transport.send(request).body)
        guard reply.name == "InitiateMultipartUploadResult", let id = reply["UploadId"],
            (1...1_024).contains(id.utf8.count)
        else { throw S3XML.malformed }
        return S3Upload(key: key, id: id, transport: transport)
    }

    /// Sends what was read of the body, then the rest of it. Whatever goes wrong, the upload is gone afterwards.
    /// - Returns: the body's SHA-256.
    func run(_ first: ByteBuffer, _ reader: inout BodyReader) async throws -> [UInt8] {
        do {
            let parts = try await send(first, &reader)
            let sha256 = try reader.finish()
            try await complete(parts)
            return sha256
        } catch {
            await abort()
            throw error
        }
    }

    private func send(_ first: ByteBuffer, _ reader: inout BodyReader) async throws -> [Part] {
        try await withThrowingTaskGroup(of: Part.self) { group in
            var parts: [Part] = []
            var begun = 0
            var bytes = first
            while bytes.readableBytes > 0 {
                guard begun < Limits.blobPartsMax else {
                    throw BlobStoreError(.tooLarge, "more than \(Limits.blobPartsMax) parts")
                }
                if begun - parts.count >= transport.policy.partsInFlightMax, let part = try await group.next() {
                    parts.append(part)
                }
                begun += 1
                group.addTask { [begun, bytes] in try await send(bytes, number: begun) }
                bytes = try await reader.next(transport.policy.partBytes)
            }
            for try await part in group { parts.append(part) }
            return parts.sorted { $0.number < $1.number }
        }
    }

    private func send(_ bytes: ByteBuffer, number: Int) async throws -> Part {
        let md5 = MD5Text(bytes)
        let request = S3Request(
            method: .PUT, key: key, query: [("partNumber", String(number)), ("uploadId", id)],
            headers: [("Content-MD5", md5.base64)], body: bytes, tag: md5.hex)
        let reply = try await transport.send(request)
        guard let tag = reply.headers["etag"], Self.isSpellable(tag) else { throw S3XML.malformed }
        return Part(number: number, tag: tag, md5: md5)
    }

    private func complete(_ parts: [Part]) async throws {
        let list = parts.map { "<Part><PartNumber>\($0.number)</PartNumber><ETag>\($0.tag)</ETag></Part>" }.joined()
        let body = ByteBuffer(string: "<CompleteMultipartUpload>\(list)</CompleteMultipartUpload>")
        let request = S3Request(method: .POST, key: key, query: [("uploadId", id)], body: body)
        let tag = "\(MD5Text(parts: parts.map(\.md5)).hex)-\(parts.count)"
        do {
            let reply = try S3XML.parse(try await transport.send(request).body)
            guard reply.name == "CompleteMultipartUploadResult" else { throw S3XML.malformed }
        } catch let error as BlobStoreError where error.s3Code == "NoSuchUpload" {
            // Done by an attempt whose answer was lost, or gone: the blob itself tells.
            guard try await isStored(tag) else {
                throw BlobStoreError(.unavailable, error.message, s3Code: error.s3Code)
            }
        }
    }

    private func isStored(_ tag: String) async throws -> Bool {
        do {
            let reply = try await transport.send(S3Request(method: .HEAD, key: key))
            return reply.headers["etag"]?.filter { $0 != "\"" } == tag
        } catch let error as BlobStoreError where error.code == .notFound {
            return false
        }
    }

    /// In a task of its own, since that of the put may be cancelled.
    private func abort() async {
        transport.metrics.uploadsAborted.increment()
        await Task {
            do {
                _ = try await transport.send(S3Request(method: .DELETE, key: key, query: [("uploadId", id)]))
            } catch let error as BlobStoreError where error.s3Code == "NoSuchUpload" {
                // There is nothing left.
            } catch {
                transport.metrics.uploadsLeft.increment()
            }
        }.value
    }

    /// Whether a tag can stand in XML as it is.
    private static func isSpellable(_ tag: String) -> Bool {
        tag.utf8.count <= 256
            && tag.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "<"), UInt8(ascii: "&"), UInt8(ascii: ">"): false
                default: (0x21...0x7E).contains(byte)
                }
            }
    }
}

import AsyncHTTPClient
import Core
import NIOCore
import NIOHTTP1
import Testing

@testable import BlobStore

/// What the S3 driver makes of a server that misbehaves.
@Suite struct S3FaultTests {
    private static let emptyMD5 = "\"d41d8cd98f00b204e9800998ecf8427e\""

    private func with(
        _ answer: @escaping @Sendable (FakeS3.Request, Int) -> FakeS3.Reply,
        requestDeadline: Duration = Limits.blobRequestDeadline,
        _ body: (S3BlobStore, FakeS3) async throws -> Void
    ) async throws {
        let server = try await FakeS3.start(answer)
        var policy = S3Policy()
        policy.backoffBase = .milliseconds(1)
        policy.partBytes = 10
        policy.requestDeadline = requestDeadline
        let location = try S3Location("s3://media?endpoint=\(server.endpoint)")
        let store = S3BlobStore(location: location, credentials: .test, policy: policy)
        var thrown: (any Error)?
        do { try await body(store, server) } catch { thrown = error }
        try await store.close()
        try await server.stop()
        if let thrown { throw thrown }
    }

    private let key: BlobKey

    init() throws { key = try BlobKey("a") }

    @Test("an error that passes is waited out", arguments: [503, 500, 429, 0])
    func passing(status: Int) async throws {
        let passes = { @Sendable (_: FakeS3.Request, before: Int) -> FakeS3.Reply in
            if before < 2 { return status == 0 ? .init(isLost: true) : .error(status, "SlowDown") }
            return .init(headers: [("Content-Type", "text/plain")], body: "abc")
        }
        try await with(passes) { store, server in
            let text = try await store.get(key).text()
            #expect(text == "abc")
            #expect(server.requests.count == 3)
        }
    }

    @Test(
        "an error that stays is told, with S3's code, after so many attempts",
        arguments: [
            (503, "SlowDown", BlobStoreError.Code.overloaded, 4), (500, "InternalError", .unavailable, 4),
            (403, "AccessDenied", .refused, 1), (404, "NoSuchKey", .notFound, 1),
            (404, "NoSuchBucket", .unavailable, 1),
            (400, "InvalidRequest", .refused, 1), (307, "TemporaryRedirect", .unavailable, 1),
        ])
    func staying(status: Int, s3Code: String, code: BlobStoreError.Code, attempts: Int) async throws {
        try await with { _, _ in
            var reply = FakeS3.Reply.error(status, s3Code)
            reply.headers = [("Location", "http://127.0.0.1:1/elsewhere")]
            return reply
        } _: { store, server in
            for call in [
                { _ = try await store.get(key) }, { try await store.put(key, BlobBody("b"), contentType: "a/b") },
            ] {
                let error = await failure(call)
                #expect(error?.code == code)
                #expect(error?.s3Code == s3Code)
            }
            #expect(server.requests.count == 2 * attempts)
        }
    }

    @Test("a get that is cut is an error, not a short blob")
    func cut() async throws {
        try await with { _, _ in
            .init(body: "a longer text", cutAfter: 5)
        } _: { store, _ in
            #expect(await failure { try await store.get(key).text() }?.code == .cutTransfer)
        }
    }

    @Test("a get whose bytes do not have their checksum is an error")
    func wrongBytes() async throws {
        let headers = [(S3Reply.sha256Header, String(repeating: "0", count: 64))]
        try await with { _, _ in
            .init(headers: headers, body: "abc")
        } _: { store, _ in
            #expect(await failure { try await store.get(key).text() }?.code == .checksumMismatch)
        }
    }

    @Test("a put whose ETag is of other bytes is tried again, then told")
    func wrongETag() async throws {
        try await with { _, _ in
            .init(headers: [("ETag", Self.emptyMD5)])
        } _: { store, server in
            try await store.put(key, BlobBody(""), contentType: "a/b")
            #expect(
                await failure { try await store.put(key, BlobBody("b"), contentType: "a/b") }?.code == .checksumMismatch
            )
            #expect(server.count("PUT") == 5)
        }
    }

    @Test("the MD5 that is sent is of the bytes, and an ETag that is no MD5 says nothing")
    func sentMD5() async throws {
        try await with { _, _ in
            .init(headers: [("ETag", "\"opaque\"")])
        } _: { store, server in
            try await store.put(key, BlobBody(""), contentType: "a/b")
            #expect(server.requests.first?.headers.first(name: "Content-MD5") == "1B2M2Y8AsgTpgAmY7PhCfg==")
        }
    }

    @Test("a server that does not answer is waited for so long, and so often")
    func silent() async throws {
        try await with({ _, _ in .init(isSilent: true) }, requestDeadline: .seconds(2)) { store, server in
            for call in [{ _ = try await store.get(key) }, { _ = try await store.head(key) }] {
                #expect(await failure(call)?.code == .deadlineExceeded)
            }
            #expect(server.requests.count == 8)
        }
    }

    @Test(
        "another range than was asked for is refused",
        arguments: ["", "bytes 0-2/9", "bytes 1-9223372036854775807/9", "bytes 1-3/3"])
    func wrongRange(contentRange: String) async throws {
        try await with { _, _ in
            .init(status: 206, headers: [("Content-Range", contentRange)], body: "bcd")
        } _: { store, _ in
            #expect(await failure { try await store.get(key, range: 1..<4) }?.code == .malformedReply)
        }
    }

    @Test("a reply that does not end is not taken in")
    func hugeReply() async throws {
        try await with { _, _ in
            .init(body: String(repeating: "x", count: Limits.blobReplyBytesMax + 1))
        } _: { store, _ in
            #expect(await failure { try await store.list(.all, after: nil, limit: 1) }?.code == .malformedReply)
        }
    }

    // Uploads in parts

    private static let begun = FakeS3.Reply(
        body: "<InitiateMultipartUploadResult><UploadId>the/id</UploadId></InitiateMultipartUploadResult>")
    private static let done = FakeS3.Reply(body: "<CompleteMultipartUploadResult/>")

    /// Plays along but where `fault` has something to say.
    private static func upload(
        _ fault: @escaping @Sendable (FakeS3.Request, Int) -> FakeS3.Reply?
    ) -> @Sendable (FakeS3.Request, Int) -> FakeS3.Reply {
        { request, before in
            if let reply = fault(request, before) { return reply }
            return switch request.method {
            case "POST" where request.uri.hasSuffix("?uploads="): begun
            case "POST": done
            case "DELETE": .init(status: 204)
            default: .init(headers: [("ETag", "\"tag\"")])
            }
        }
    }

    private let large = BlobBody(chunks: Array(repeating: "0123456", count: 10))

    @Test("parts are sent a few at a time, and completed in order")
    func parts() async throws {
        try await with(Self.upload { _, _ in nil }) { store, server in
            #expect(try await store.put(key, large, contentType: "a/b").length == 70)
            #expect(server.count("PUT") == 7)
            let last = try #require(server.requests.last)
            #expect(last.uri == "/media/a?uploadId=the%2Fid")
            let list = (1...7).map { "<Part><PartNumber>\($0)</PartNumber><ETag>\"tag\"</ETag></Part>" }.joined()
            #expect(String(buffer: last.body) == "<CompleteMultipartUpload>\(list)</CompleteMultipartUpload>")
            #expect(server.count("DELETE") == 0)
        }
    }

    @Test("a part that fails for good aborts the upload, which is never completed")
    func partFails() async throws {
        try await with(
            Self.upload { request, _ in request.uri.contains("partNumber=3") ? .error(403, "AccessDenied") : nil }
        ) {
            store, server in
            #expect(await failure { try await store.put(key, large, contentType: "a/b") }?.s3Code == "AccessDenied")
            #expect(server.count("DELETE", "uploadId=the%2Fid") == 1)
            #expect(server.count("POST") == 1)
        }
    }

    @Test("a part that fails once is sent again")
    func partPasses() async throws {
        try await with(Self.upload { _, before in before == 2 ? .error(503, "SlowDown") : nil }) { store, server in
            try await store.put(key, large, contentType: "a/b")
            #expect(server.count("PUT") == 8)
            #expect(server.count("DELETE") == 0)
        }
    }

    @Test("a completion that fails inside a 200 is a failure")
    func completionFails() async throws {
        let fails = Self.upload { request, _ in
            request.method == "POST" && request.uri.contains("uploadId=")
                ? .init(body: "<Error><Code>InternalError</Code></Error>") : nil
        }
        try await with(fails) { store, server in
            #expect(await failure { try await store.put(key, large, contentType: "a/b") }?.s3Code == "InternalError")
            #expect(server.count("POST", "uploadId=") == 4)
            #expect(server.count("DELETE") == 1)
        }
    }

    @Test("a completion whose answer was lost is found to be done, by the blob's ETag", arguments: [true, false])
    func completionLost(isDone: Bool) async throws {
        let parts = (0..<7).map { part in
            MD5Text(ByteBuffer(string: String((0..<10).map { Character(String(($0 + part * 10) % 7)) })))
        }
        let tag = isDone ? MD5Text(parts: parts).hex + "-7" : "d41d8cd98f00b204e9800998ecf8427e"
        let loses = Self.upload { request, before in
            if request.method == "HEAD" { return .init(headers: [("ETag", "\"\(tag)\"")]) }
            guard request.method == "POST", request.uri.contains("uploadId=") else { return nil }
            return before == 8 ? .init(isLost: true) : .error(404, "NoSuchUpload")
        }
        try await with(loses) { store, server in
            let error = await failure { try await store.put(key, large, contentType: "a/b") }
            #expect(error?.code == (isDone ? nil : .unavailable))
            #expect(server.count("HEAD") == 1)
        }
    }

    @Test("beginning an upload is not done twice where it may have been done")
    func beginLost() async throws {
        try await with(Self.upload { _, _ in .init(isLost: true) }) { store, server in
            #expect(await failure { try await store.put(key, large, contentType: "a/b") }?.code == .unavailable)
            #expect(server.count("POST") == 1)
        }
    }

    @Test("a body that breaks off aborts the upload; an abort that fails is not what is told")
    func bodyFails() async throws {
        let fails = Self.upload { request, _ in request.method == "DELETE" ? .error(500, "InternalError") : nil }
        try await with(fails) { store, server in
            let body = BlobBody(chunks: Array(repeating: "0123456", count: 10), then: Interrupted())
            await #expect(throws: Interrupted.self) { try await store.put(key, body, contentType: "a/b") }
            #expect(server.count("DELETE") == 4)
            #expect(server.count("POST") == 1)
        }
    }

    // Presigned requests

    @Test("a presigned request is one that moto takes")
    func presigned() async throws {
        try await Driver.s3.with { store in
            let put = try #require(try store.presignedPut(key, contentType: "a/b", length: 3, expires: .seconds(60)))
            var request = HTTPClientRequest(url: put.url)
            request.method = .PUT
            for (name, value) in put.headers where name != "content-length" {
                request.headers.add(name: name, value: value)
            }
            request.body = .bytes(ByteBuffer(string: "abc"))
            #expect(try await HTTPClient.shared.execute(request, timeout: .seconds(10)).status == .ok)
            let get = try #require(try store.presignedGet(key, expires: .seconds(60)))
            let reply = try await HTTPClient.shared.execute(HTTPClientRequest(url: get.url), timeout: .seconds(10))
            #expect(try await String(buffer: reply.body.collect(upTo: 10)) == "abc")
            #expect(try await store.head(key).contentType == "a/b")
            #expect(throws: BlobStoreError.self) { try store.presignedGet(key, expires: .zero) }
            #expect(throws: BlobStoreError.self) { try store.presignedGet(key, expires: .seconds(8 * 86_400)) }
        }
    }
}

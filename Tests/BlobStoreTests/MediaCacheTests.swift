import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import TestServers
import TestSupport
import Testing

/// The deployed configuration of the cache before the media, as a CDN is, on a real nginx.
@Suite(.timeLimit(.minutes(5))) struct MediaCacheTests {
    private static let slice = 1_048_576
    /// A slice and a half; each byte says where it is.
    private static let picture = String(
        (0..<(slice + slice / 2)).lazy.map { Character(UnicodeScalar(UInt8($0 % 64) + 48)) })

    /// An origin that answers ranges of the one picture.
    private static func answer(
        _ request: FakeS3.Request, headers: [(String, String)] = [("Cache-Control", "public, max-age=86400")]
    ) -> FakeS3.Reply {
        let bounds = (request.headers.first(name: "Range") ?? "").dropFirst("bytes=".count).split(separator: "-")
            .compactMap { Int($0) }
        guard bounds.count == 2, bounds[0] < picture.utf8.count else { return .error(416, "InvalidRange") }
        let last = min(bounds[1], picture.utf8.count - 1)
        let start = picture.utf8.index(picture.startIndex, offsetBy: bounds[0])
        let body = String(picture[start...].prefix(last - bounds[0] + 1))
        let described = [
            ("Content-Range", "bytes \(bounds[0])-\(last)/\(picture.utf8.count)"), ("Content-Type", "image/webp"),
            ("ETag", "\"one\""), ("Set-Cookie", "origin=1"),
        ]
        return .init(status: 206, headers: headers + described, body: body)
    }

    /// A cache before an origin.
    private struct Stage {
        let origin: FakeS3
        let nginx: NginxServer

        init(_ answer: @escaping @Sendable (FakeS3.Request, Int) -> FakeS3.Reply) async throws {
            origin = try await FakeS3.start(answer)
            let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent()
            nginx = try NginxServer(
                root.appending(path: "deploy/nginx/media-cache.conf").path,
                ["STARLING_MEDIA_ORIGIN": origin.endpoint, "STARLING_CACHE_SIZE": "64m"])
            for _ in 0..<3_000 {
                if let status = try? await send("/cache-status").status, status == 200 { return }
                try await Task.sleep(for: .milliseconds(10))
            }
            Issue.record("nginx does not answer: \(nginx.log)")
        }

        func send(
            _ path: String, _ method: HTTPMethod = .GET, headers: [(String, String)] = [], body: String? = nil
        ) async throws -> (status: UInt, cache: String?, headers: HTTPHeaders, body: String) {
            var request = HTTPClientRequest(url: "http://127.0.0.1:\(nginx.port)\(path)")
            request.method = method
            request.headers = HTTPHeaders(headers)
            if let body { request.body = .bytes(ByteBuffer(string: body)) }
            let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
            let bytes = try await response.body.collect(upTo: 4 * MediaCacheTests.slice)
            return (
                response.status.code, response.headers.first(name: "X-Cache"), response.headers, String(buffer: bytes)
            )
        }

        func stop() async throws {
            nginx.stop()
            try await origin.stop()
        }
    }

    @Test("what was fetched once is kept, by its whole URL, and nothing personal comes to the origin or back")
    func kept() async throws {
        let stage = try await Stage { request, _ in Self.answer(request) }
        let personal = [("Authorization", "Bearer secret"), ("Cookie", "starling=secret")]
        let first = try await stage.send("/media/a?sig=1", headers: personal)
        #expect(first.status == 200 && first.body == Self.picture)
        #expect(first.cache == "MISS")
        #expect(first.headers["Set-Cookie"].isEmpty)
        #expect(first.headers.first(name: "X-Content-Type-Options") == "nosniff")
        let fetched = stage.origin.requests.count
        let again = try await stage.send("/media/a?sig=1")
        #expect(again.status == 200 && again.body == Self.picture)
        #expect(again.cache == "HIT")
        #expect(stage.origin.requests.count == fetched)
        #expect(try await stage.send("/media/a?sig=2").cache == "MISS")
        #expect(stage.origin.requests.allSatisfy { !"\($0.headers)".contains("secret") })
        try await stage.stop()
    }

    @Test("a range in the midst of a film is fetched without what lies before it")
    func range() async throws {
        let stage = try await Stage { request, _ in Self.answer(request) }
        let start = Self.slice + 100
        let answer = try await stage.send("/media/film", headers: [("Range", "bytes=\(start)-\(start + 9)")])
        #expect(answer.status == 206)
        #expect(answer.headers.first(name: "Content-Range") == "bytes \(start)-\(start + 9)/\(Self.picture.utf8.count)")
        #expect(Array(answer.body.utf8) == Array(Self.picture.utf8.dropFirst(start).prefix(10)))
        #expect(
            stage.origin.requests.map { $0.headers.first(name: "Range") } == [
                "bytes=\(Self.slice)-\(2 * Self.slice - 1)"
            ])
        try await stage.stop()
    }

    @Test("what many ask for at once is fetched once")
    func once() async throws {
        let stage = try await Stage { request, _ in Self.answer(request) }
        let bodies = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<16 { group.addTask { try await stage.send("/media/b").body } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(bodies.allSatisfy { $0 == Self.picture })
        #expect(stage.origin.count("GET", "/media/b") == 2, "one for each slice")
        try await stage.stop()
    }

    @Test("what is kept goes on being served while the origin fails, and its failures are not kept")
    func stale() async throws {
        let stage = try await Stage { request, before in
            before < 2 ? Self.answer(request, headers: [("Cache-Control", "max-age=1")]) : .error(503, "SlowDown")
        }
        #expect(try await stage.send("/media/c").body == Self.picture)
        var answer = try await stage.send("/media/c")
        for _ in 0..<1_000 where answer.cache == "HIT" {
            try await Task.sleep(for: .milliseconds(20))
            answer = try await stage.send("/media/c")
        }
        #expect(answer.status == 200 && answer.body == Self.picture)
        #expect(["STALE", "UPDATING"].contains(answer.cache))
        #expect(try await stage.send("/media/d").status == 503)
        try await stage.stop()
    }

    @Test("nothing is written through it")
    func readOnly() async throws {
        let stage = try await Stage { request, _ in Self.answer(request) }
        for method in [HTTPMethod.PUT, .POST, .DELETE] {
            #expect(try await stage.send("/media/a", method, body: "x").status == 403)
        }
        #expect(stage.origin.requests.isEmpty)
        try await stage.stop()
    }
}

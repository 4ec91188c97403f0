import HTTPClient
import TestSupport
import Testing

extension EndToEnd {
    @Suite(.serialized, .timeLimit(.minutes(10))) struct SecureStreamTests {}
}

extension EndToEnd.SecureStreamTests {
    private func text(_ received: SecureConnection.Received, _ stream: UInt32) -> String {
        let bytes = received.frames.filter { $0.kind == .data && $0.stream == stream }.flatMap(\.payload)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test("a stream over TLS and HTTP/2 tells what happens, beside other requests, and ends with its session")
    func stream() async throws {
        try await EndToEnd.SecureServingTests.server { server, certificate in
            let curl = Curl(server, certificate, version: "--http2")
            let session = try await curl.send(
                "POST", "/v1/users/register",
                #"{"username":"alice","email":"alice@example.org","password":"correct horse battery"}"#)
            let token = try #require(session.json["access_token"].string)
            let connection = try await SecureConnection.open(server, certificate)
            let fields = HTTP2Frames.head(path: "/v1/stream", [("authorization", "Bearer \(token)")])
            let ends = HTTP2Frames.endStream | HTTP2Frames.endHeaders
            connection.send(HTTP2Frames.preface + HTTP2Frames.frame(.headers, flags: ends, stream: 1, fields))
            #expect(text(try await connection.received { text($0, 1).contains("id: ") }, 1).contains("retry: "))
            let post = try await curl.send("POST", "/v1/posts", #"{"content":"hello"}"#, token: token)
            let id = try #require(post.json["post_id"].string)
            let heard = text(try await connection.received { text($0, 1).contains("post.new") }, 1)
            #expect(heard.contains("event: post.new\ndata: {\"post_id\":\"\(id)\"}\n\n"))
            // Another request of the same connection is answered meanwhile.
            connection.send(HTTP2Frames.get(stream: 3))
            #expect(try await connection.received { $0.hasEnded(stream: 3) }.hasEnded(stream: 3))
            let bearer = ["-H", "Authorization: Bearer \(token)"]
            #expect(try await curl.get("/v1/auth/logout", ["-X", "POST"] + bearer).status == 204)
            let end = try await connection.received { $0.hasEnded(stream: 1) }
            #expect(end.hasEnded(stream: 1) && !end.isClosed)
        }
    }
}

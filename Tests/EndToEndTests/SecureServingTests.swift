import Foundation
import Testing
import TestSupport

extension EndToEnd {
    @Suite(.serialized) struct SecureServingTests {}
}

extension EndToEnd.SecureServingTests {
    static func server(
        _ flags: [String] = [], _ body: (RunningServer, Certificate) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        let certificate = try await Certificate(in: folder)
        try await RunningServer.with(folder.file("data"), ["--rate-limits", "off"] + certificate.flags + flags) {
            try await body($0, certificate)
        }
    }

    @Test("both versions of HTTP are served over TLS alike")
    func bothVersions() async throws {
        try await Self.server { server, certificate in
            let folder = try TemporaryFolder()
            let tooLarge = try folder.file("large", String(repeating: " ", count: 300_000))
            var bodies: [[UInt8]] = []
            for (flag, version) in [("--http1.1", "1.1"), ("--http2", "2")] {
                let curl = Curl(server, certificate, version: flag)
                let name = "alice\(version.first ?? "x")"
                let session = try await curl.send(
                    "POST", "/v1/users/register",
                    #"{"username":"\#(name)","email":"\#(name)@example.org","password":"correct horse battery"}"#)
                #expect(session.version == version && session.status == 201)
                let token = session.json["access_token"].string
                let posted = try await curl.send("POST", "/v1/posts", #"{"content":"Hello"}"#, token: token)
                #expect(posted.status == 201)
                // The second answer may come from the front desk.
                for _ in 0..<2 {
                    let feed = try await curl.get("/v1/feed", ["-H", "Authorization: Bearer \(token ?? "")"])
                    #expect(feed.status == 200 && feed.json["posts"].strings("content") == ["Hello"])
                }
                bodies.append(try await curl.get("/openapi.json").body)
                let head = try await curl.get("/openapi.json", ["-I"])
                #expect(head.fields["content-length"] == String(bodies[0].count))
                let large = try await curl.send("POST", "/v1/posts", "@" + tooLarge, token: token)
                #expect(large.version == version && large.status == 413)
                #expect((large.fields["connection"] == "close") == (version == "1.1"))
            }
            #expect(bodies[0] == bodies[1] && bodies[0].count > 10_000)
        }
    }

    @Test("TLS 1.1 and what is not TLS are turned away, and the server goes on")
    func turnedAway() async throws {
        try await Self.server(["--request-head-seconds", "1"]) { server, certificate in
            let plain = try RawConnection(port: server.port)
            try await plain.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            let received = try await plain.receive()
            #expect(received.isClosed && received.responses.isEmpty)

            // Which curl would not speak by itself any more.
            let oldest = ["--tlsv1.0", "--tls-max", "1.1", "--ciphers", "DEFAULT@SECLEVEL=0", "-k"]
            let old = try await Tool.run("curl", ["-sS"] + oldest + ["https://127.0.0.1:\(server.port)/healthz"])
            #expect(old.errors.contains("alert protocol version"), "\(old.errors)")

            // Nothing, half a greeting, and a greeting that never ends: over at the deadline of heads.
            let start = ContinuousClock.now
            let beginnings: [[UInt8]] = [[], [0x16, 0x03, 0x01], [0x16, 0x03, 0x01, 0x40, 0x00, 0x01]]
            let connections = try beginnings.map { _ in try RawConnection(port: server.port) }
            for (bytes, connection) in zip(beginnings, connections) { try await connection.send(bytes) }
            for connection in connections { #expect(try await connection.receive().isClosed) }
            #expect(start.duration(to: .now) < .seconds(3))
            #expect(try await Curl(server, certificate, version: "--http2").get("/healthz").status == 200)
        }
    }

    @Test("wrong files stop the start with a sentence")
    func wrongFiles() async throws {
        let folder = try TemporaryFolder()
        let one = try await Certificate(in: folder)
        let other = try await Certificate(in: folder, name: "other")
        let text = try folder.file("text", "no certificate")
        let missing = folder.file("missing")
        let cases: [([String], String)] = [
            (["--tls-cert", one.certificate], "tls-cert and tls-key need each other"),
            (["--tls-key", one.key], "tls-cert and tls-key need each other"),
            (["--tls-cert", missing, "--tls-key", one.key], "missing cannot be read: No such file or directory."),
            (
                ["--tls-cert", one.certificate, "--tls-key", missing],
                "missing cannot be read: No such file or directory."
            ),
            (["--tls-cert", folder.path, "--tls-key", one.key], "cannot be read: Is a directory."),
            (["--tls-cert", text, "--tls-key", one.key], "text holds no certificate in PEM form."),
            (["--tls-cert", one.key, "--tls-key", one.key], "holds no certificate in PEM form."),
            (["--tls-cert", one.certificate, "--tls-key", text], "text holds no private key in PEM form"),
            (["--tls-cert", one.certificate, "--tls-key", other.key], "does not belong to the first certificate"),
            (["--compression", "gzip"], "compression cannot be gzip"),
        ]
        for (flags, says) in cases {
            let outcome = try await Starling.run(
                ["serve", "--data-dir", folder.file("data"), "--port", "0"] + flags, within: .seconds(10))
            #expect(outcome.status == 1 && outcome.errors.contains(says), "\(outcome.errors)")
            #expect(outcome.output.isEmpty)
        }
    }
}

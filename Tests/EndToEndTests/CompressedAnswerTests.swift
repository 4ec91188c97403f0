import Testing
import TestSupport

extension EndToEnd {
    @Suite(.serialized) struct CompressedAnswerTests {}
}

extension EndToEnd.CompressedAnswerTests {
    @Test("a compressed answer holds the plain one, and HEAD announces it")
    func compressed() async throws {
        try await EndToEnd.SecureServingTests.server { server, certificate in
            for version in ["--http1.1", "--http2"] {
                let curl = Curl(server, certificate, version: version)
                let plain = try await curl.get("/openapi.json")
                let packed = try await curl.get("/openapi.json", ["-H", "Accept-Encoding: gzip"])
                let unpacked = try await curl.get("/openapi.json", ["--compressed"])
                #expect(plain.fields["content-encoding"] == nil && plain.fields["vary"] == "Accept-Encoding")
                #expect(packed.fields["content-encoding"] == "gzip" && packed.fields["vary"] == "Accept-Encoding")
                #expect(packed.body.count * 4 < plain.body.count && packed.body.starts(with: [0x1F, 0x8B]))
                #expect(packed.fields["content-length"] == String(packed.body.count))
                // Compared outside: a test that fails would tell every byte that differs.
                let isSame = unpacked.body == plain.body
                #expect(isSame)
                let head = try await curl.get("/openapi.json", ["-I", "-H", "Accept-Encoding: gzip"])
                #expect(head.fields["content-length"] == packed.fields["content-length"])
                #expect(head.fields["content-encoding"] == "gzip")
            }
        }
    }

    @Test("the feed is compressed where everything is", arguments: ["off", "on", "all"])
    func feed(_ setting: String) async throws {
        let folder = try TemporaryFolder()
        try await RunningServer.with(folder.file("data"), ["--rate-limits", "off", "--compression", setting]) {
            server in
            let curl = Curl(server)
            let session = try await curl.send(
                "POST", "/v1/users/register",
                #"{"username":"alice","email":"alice@example.org","password":"correct horse battery"}"#)
            let token = try #require(session.json["access_token"].string)
            for number in 0..<8 {
                let text = String(repeating: "All work and no play makes \(number) dull. ", count: 10)
                #expect(
                    try await curl.send("POST", "/v1/posts", #"{"content":"\#(text)"}"#, token: token).status == 201)
            }
            let path = "/v1/feed"
            let authorization = ["-H", "Authorization: Bearer \(token)"]
            let plain = try await curl.get(path, authorization)
            // From the front desk, now that everything is in memory.
            let again = try await curl.get(path, authorization)
            #expect(again.body == plain.body && again.fields["vary"] == plain.fields["vary"])
            let asked = try await curl.get(path, authorization + ["-H", "Accept-Encoding: br, gzip"])
            #expect(asked.fields["content-encoding"] == (setting == "all" ? "gzip" : nil))
            #expect(asked.fields["vary"] == (setting == "all" ? "Accept-Encoding" : nil))
            let unpacked = try await curl.get(path, authorization + ["--compressed"])
            #expect(unpacked.text == plain.text)
            let openAPI = try await curl.get("/openapi.json", ["-H", "Accept-Encoding: gzip"])
            #expect((openAPI.fields["content-encoding"] == "gzip") == (setting != "off"))
            let me = try await curl.get("/v1/me", authorization + ["-H", "Accept-Encoding: gzip"])
            #expect(me.fields["content-encoding"] == nil && me.fields["vary"] == nil)
        }
    }
}

import Foundation
import HTTPTypes
import Testing

@testable import HTTPAPI

@Suite("Hostile tokens")
struct HostileTokenTests {
    @Test("no JOSE vector is an access token or a refresh token")
    func vectors() async throws {
        let vectors = try Vendored.joseVectors()
        try #require(vectors.count > 100)
        try await TestServer.run { server in
            for (name, text) in vectors {
                let token = text.filter { !$0.isNewline }
                for target in ["/v1/me", "/v1/users/1"] {
                    #expect(await server.send(Call(.get, target, as: token)).problem == "unauthenticated", "\(name)")
                }
                let body = #"{"refresh_token":\#(TestServer.quoted(text))}"#
                #expect(await server.post("/v1/auth/refresh", body).problem == "refresh-token-invalid", "\(name)")
            }
        }
    }

    @Test("a token with any byte changed, left out or added is refused")
    func mutations() async throws {
        try await TestServer.run { server in
            let alice = try await server.register("alice")
            let bytes = Array(alice.token.utf8)
            func isRefused(_ bytes: [UInt8]) async -> Bool {
                let token = String(decoding: bytes, as: UTF8.self)
                return await server.send(Call(.get, "/v1/me", as: token)).status == 401
            }
            for place in bytes.indices {
                var changed = bytes
                changed[place] = bytes[place] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
                #expect(await isRefused(changed), "changed at \(place)")
                changed.remove(at: place)
                #expect(await isRefused(changed), "left out at \(place)")
                #expect(await isRefused(Array(bytes[..<place])), "cut at \(place)")
            }
            for tail in ["A", "=", "==", ".", ".e30", ".A.A", "\u{301}", "%20"] {
                #expect(await isRefused(bytes + Array(tail.utf8)), "\(tail)")
            }
            #expect(await server.get("/v1/me", as: alice).status == 200)
        }
    }

    @Test("no other algorithm will do, whatever the signature")
    func algorithms() async throws {
        try await TestServer.run { server in
            let alice = try await server.register("alice")
            let forger = try Forger(alice.token)
            let signature = String(alice.token.split(separator: ".")[2])
            for algorithm in ["none", "None", "NONE", "nOnE", "", "HS384", "HS512", "RS256", "ES256", "dir", "hs256"] {
                for signature in ["", signature, "AAAA"] {
                    let token = try forger.unsigned(algorithm, signature: signature)
                    #expect(await server.send(Call(.get, "/v1/me", as: token)).status == 401, "\(algorithm)")
                }
            }
            for secret in ["", "secret", "starling", String(repeating: "\0", count: 32)] {
                let token = try forger.signed(with: secret)
                #expect(await server.send(Call(.get, "/v1/me", as: token)).status == 401, "\(secret)")
            }
        }
    }

    @Test("a token as long as a header may be is refused as quickly")
    func long() async throws {
        try await TestServer.run { server in
            for count in [4_096, 16_000] {
                for text in ["a", ".", "a.", "=", "e30."] {
                    let token = String(repeating: text, count: count / text.count)
                    #expect(await server.send(Call(.get, "/v1/me", as: token)).status == 401)
                }
            }
        }
    }
}

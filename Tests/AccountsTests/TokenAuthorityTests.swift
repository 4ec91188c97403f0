import Accounts
import Core
import Foundation
import SQL
import Testing

@Suite("Access tokens")
struct TokenAuthorityTests {
    @Test("a token carries what RFC 9068 asks for")
    func shape() async throws {
        try await Community.run { community in
            let alice = try await community.register("alice")
            let header = try Forger.header(of: alice.tokens.accessToken)
            #expect(header["alg"] as? String == "HS256")
            #expect(header["typ"] as? String == "at+jwt")
            #expect(header.count == 3)
            let claims = try Forger.claims(of: alice.tokens.accessToken)
            #expect(claims["sub"] as? String == alice.account.id.description)
            #expect(claims["iss"] as? String == "starling")
            #expect(claims["aud"] as? String == "starling")
            let issued = try #require(claims["iat"] as? Int)
            #expect(claims["exp"] as? Int == issued + 900)
            #expect(alice.tokens.expiresIn == .seconds(900))
            let principal = try await community.authenticator.authenticate(alice.tokens.accessToken)
            #expect(principal.accountID == alice.account.id)
            #expect(String(principal.sessionID) == claims["sid"] as? String)
        }
    }

    @Test("a token ends with its lifetime, on the fast path too")
    func expiry() async throws {
        try await Community.run { community in
            let token = try await community.register("alice").tokens.accessToken
            #expect(try await community.accepts(token))
            community.clock.advance(by: .seconds(899))
            #expect(try await community.accepts(token))
            community.clock.advance(by: .seconds(1))
            #expect(try await !community.accepts(token))
        }
    }

    @Test("headers that no token of ours has are refused, however well signed")
    func forgedHeaders() async throws {
        try await Community.run { community in
            let alice = try await community.register("alice")
            let forger = try await Forger(community)
            let claims = try Forger.claims(of: alice.tokens.accessToken)
            #expect(try await community.accepts(forger.token(header: forger.header, claims: claims)))
            let changes: [[String: Any]] = [
                ["alg": "none"], ["alg": "None"], ["alg": "hs256"], ["alg": "HS384"], ["alg": "RS256"],
                ["alg": "ES256"], ["alg": 5], ["alg": NSNull()], ["typ": "JWT"], ["typ": "at+JWT"], ["typ": NSNull()],
                ["kid": "other"], ["kid": ""], ["kid": "../../etc/passwd"], ["kid": NSNull()], ["crit": ["exp"]],
                ["crit": [String]()], ["jku": "https://evil.example/keys"], ["jwk": ["kty": "oct", "k": "AA"]],
                ["x5u": "https://evil.example"], ["zip": "DEF"], ["b64": false],
            ]
            for change in changes {
                let header = (forger.header as [String: Any]).merging(change) { $1 }
                let token = try forger.token(header: header, claims: claims)
                #expect(try await !community.accepts(token), "\(change)")
            }
            for key in ["alg", "typ", "kid"] {
                var header = forger.header
                header[key] = nil
                let token = try forger.token(header: header, claims: claims)
                #expect(try await !community.accepts(token), "no \(key)")
            }
            #expect(try await !community.accepts(forger.token(header: ["HS256"], claims: claims)))
        }
    }

    @Test("claims that no token of ours has are refused, however well signed")
    func forgedClaims() async throws {
        try await Community.run { community in
            let alice = try await community.register("alice")
            let forger = try await Forger(community)
            let claims = try Forger.claims(of: alice.tokens.accessToken)
            let now = Int(community.clock.wall.now() / 1000)
            let changes: [[String: Any]] = [
                ["iss": "evil"], ["aud": "other"], ["aud": ["starling"]], ["sub": "0"], ["sub": "-1"], ["sub": "1"],
                ["sub": "99999999999999999999"], ["sub": 17], ["sid": ""], ["sid": "1"], ["iat": now + 3600],
                ["exp": now], ["exp": now - 1], ["exp": "tomorrow"], ["exp": Int.max], ["exp": 1e300],
                ["exp": NSNull()],
                ["iat": NSNull()],
            ]
            for change in changes {
                let token = try forger.token(header: forger.header, claims: claims.merging(change) { $1 })
                #expect(try await !community.accepts(token), "\(change)")
            }
            for key in claims.keys {
                var rest = claims
                rest[key] = nil
                let token = try forger.token(header: forger.header, claims: rest)
                #expect(try await !community.accepts(token), "no \(key)")
            }
        }
    }

    @Test("bytes that are no token are refused")
    func malformed() async throws {
        try await Community.run { community in
            let pair = try await community.register("alice").tokens
            let token = pair.accessToken
            let parts = token.split(separator: ".").map(String.init)
            let (head, body, sign) = (parts[0], parts[1], parts[2])
            let last = try #require(sign.last)
            // The last digit of 43 carries two unused bits: four spellings of one signature, one of them canonical.
            let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
            let place = try #require(alphabet.firstIndex(of: last))
            let respelled = sign.dropLast() + String(alphabet[place ^ 1])
            let bad = [
                "", ".", "..", "...", "a.b.c", head, "\(head).\(body)", "\(head).\(body).", ".\(body).\(sign)",
                "\(head)..\(sign)", "\(token).", "\(token).\(sign)", "\(head)=.\(body).\(sign)", " \(token)",
                "\(token)\n", "\(token)=", "\(head).\(body).\(respelled)", "\(head).\(body).AAAA",
                "\(head).\(body).\(sign.dropLast(2))", "\(head).\(sign).\(body)", "\(body).\(head).\(sign)",
                token.replacing("K", with: "\u{212A}") + "\u{212A}", pair.refreshToken,
                String(repeating: "a", count: 5_000), String(repeating: ".", count: 4_000), "\u{0}", "é.é.é",
            ]
            for text in bad { #expect(try await !community.accepts(text), "\(text)") }
            #expect(try await community.accepts(token))
            // Also once the good one is remembered, and what looks the same to Swift is not the same.
            for text in bad { #expect(try await !community.accepts(text), "\(text)") }
            let lookalike = token.replacing("K", with: "\u{212A}")
            if lookalike.utf8.count != token.utf8.count { #expect(try await !community.accepts(lookalike)) }
        }
    }

    @Test("a flipped bit anywhere is noticed")
    func tampering() async throws {
        try await Community.run { community in
            let token = try await community.register("alice").tokens.accessToken
            let bytes = Array(token.utf8)
            for index in stride(from: 0, to: bytes.count, by: 3) {
                var forged = bytes
                forged[index] ^= 1
                let text = String(decoding: forged, as: UTF8.self)
                #expect(try await !community.accepts(text), "byte \(index)")
            }
        }
    }

    @Test("after a rotation new tokens have the new key and old ones are still good")
    func rotation() async throws {
        try await Community.run { community in
            let old = try await community.register("alice").tokens.accessToken
            try await community.authority.rotateKeys()
            let new = try await community.register("bob").tokens.accessToken
            #expect(try Forger.header(of: old)["kid"] as? String != Forger.header(of: new)["kid"] as? String)
            #expect(try await community.accepts(old))
            #expect(try await community.accepts(new))
        }
    }

    @Test("a rotation that revokes ends remembered tokens too")
    func revokingRotation() async throws {
        try await Community.run { community in
            let old = try await community.register("alice").tokens.accessToken
            #expect(try await community.accepts(old))
            try await community.authority.rotateKeys(revokingOld: true)
            #expect(try await !community.accepts(old))
            #expect(try await community.accepts(community.register("bob").tokens.accessToken))
        }
    }

    @Test("a process learns of keys that another one made")
    func otherProcess() async throws {
        try await Community.run { community in
            let other = try await TokenAuthority.opened(
                on: community.database, settings: AccountsSettings(), clock: community.clock.wall,
                logger: Community.logger)
            try await community.authority.rotateKeys()
            let token = try await community.register("alice").tokens.accessToken
            #expect(try await other.verify(token).accountID.rawValue > 0)
            let service = Task { try await other.run() }
            defer { service.cancel() }
            try await community.authority.rotateKeys(revokingOld: true)
            for _ in 0..<100 where other.known(token) != nil { try await Task.sleep(for: .milliseconds(10)) }
            #expect(other.known(token) == nil)
        }
    }

    @Test("keys outlive a restart, and a retired key leaves once its tokens are over")
    func storedKeys() async throws {
        try await Community.run { community in
            let token = try await community.register("alice").tokens.accessToken
            let again = try await TokenAuthority.opened(
                on: community.database, settings: AccountsSettings(), clock: community.clock.wall,
                logger: Community.logger)
            #expect(try await again.verify(token) == community.authority.verify(token))
            try await community.authority.rotateKeys()
            let purge = SessionPurge(
                database: community.database, authority: community.authority, clock: community.clock.wall,
                logger: Community.logger)
            try await purge.purge()
            #expect(try await community.integer("SELECT count(*) FROM signing_keys") == 2)
            community.clock.advance(by: .seconds(25 * 3600))
            try await purge.purge()
            #expect(try await community.integer("SELECT count(*) FROM signing_keys") == 1)
        }
    }
}

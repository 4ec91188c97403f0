import Accounts
import Core
import Crypto
import KeyValue
import SQL

/// A client's name for one command of one account on one route.
package struct IdempotencyKey: Hashable, Sendable {
    let account: Int64
    let route: String
    let key: String

    /// - Parameter text: 1 to 255 visible ASCII characters, bare or in double quotes (the quotes do not count).
    /// - Throws: `PostsError.invalid`.
    package init(account: ID<Account>, route: String, text: String) throws {
        var key = Substring(text)
        if key.count >= 2, key.first == "\"", key.last == "\"" { key = key.dropFirst().dropLast() }
        guard (1...Limits.idempotencyKeyBytesMax).contains(key.utf8.count),
            key.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else {
            throw PostsError.invalid(
                "Idempotency-Key",
                "Idempotency-Key must be 1 to \(Limits.idempotencyKeyBytesMax) visible ASCII characters.")
        }
        self.account = account.rawValue
        self.route = route
        self.key = String(key)
    }
}

extension PostService {
    private struct Duplicate: Error {}

    /// Publishes once for each key: sent again with the same body within a day, it answers with the same post.
    /// - Parameter body: the request's bytes, whose hash tells whether it is the same request.
    /// - Returns: the post, and whether it was there before.
    /// - Throws: `PostsError` `.idempotencyInFlight` or `.idempotencyMismatch`, or as `publish`; `.notFound` where the
    ///   post of the first request has been deleted since.
    package func publish(
        _ draft: PostDraft, author: ID<Account>, key: IdempotencyKey, body: [UInt8]
    ) async throws -> (shown: Shown, replayed: Bool) {
        guard locks.tryAcquire(key) else { throw PostsError.idempotencyInFlight }
        defer { locks.release(key) }
        let hash = SHA256.hash(data: body).map { String($0, radix: 16) }.joined(separator: ".")
        if let earlier = try await result(of: key, hash: hash) { return (try await replay(earlier, author), true) }
        do {
            let shown = try await publish(draft, author: author, with: [{ remember(key, hash: hash, result: $0) }])
            return (shown, false)
        } catch is Duplicate {
            // Another process was first.
            guard let earlier = try await result(of: key, hash: hash) else { throw PostsError.idempotencyInFlight }
            return (try await replay(earlier, author), true)
        }
    }

    /// The first request may have lost its answer before this process heard of its commit.
    private func replay(_ id: ID<Post>, _ author: ID<Account>) async throws -> Shown {
        try await database.settle()
        return try await post(id, viewer: author)
    }

    private var oldestKept: Int64 {
        clock.now() - Limits.idempotencyKeyLifetime.components.seconds * 1000
    }

    private func result(of key: IdempotencyKey, hash: String) async throws -> ID<Post>? {
        let oldest = oldestKept
        let found = try await database.read { store in
            try store.first(
                """
                SELECT body_hash, result_id FROM idempotency_keys
                WHERE account_id = $1 AND route = $2 AND key = $3 AND created_at >= $4
                """, [.integer(key.account), .text(key.route), .text(key.key), .integer(oldest)]
            ) { (hash: $0.text(0), id: $0.id(1, Post.self)) }
        }
        guard let found else { return nil }
        guard found.hash == hash else { throw PostsError.idempotencyMismatch }
        return found.id
    }

    private func remember(_ key: IdempotencyKey, hash: String, result: ID<Post>) -> Statement {
        Statement(
            """
            INSERT INTO idempotency_keys (account_id, route, key, body_hash, result_id, created_at)
            VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (account_id, route, key) DO UPDATE SET body_hash = excluded.body_hash,
                result_id = excluded.result_id, created_at = excluded.created_at
            WHERE idempotency_keys.created_at < $7
            """,
            [
                .integer(key.account), .text(key.route), .text(key.key), .text(hash), .integer(result.rawValue),
                .integer(clock.now()), .integer(oldestKept),
            ], expecting: .rows(1, otherwise: Duplicate()))
    }

    /// Forgets keys past their lifetime.
    /// - Returns: how many.
    @discardableResult
    package func purgeIdempotencyKeys() async throws -> Int {
        let oldest = oldestKept
        return try await database.write { store in
            try store.execute("DELETE FROM idempotency_keys WHERE created_at < $1", [.integer(oldest)])
        }
    }
}

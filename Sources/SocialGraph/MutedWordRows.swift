import Accounts
import Core
import SQL

/// The rows of muted words and phrases.
package enum MutedWordRows {
    static func words(of account: ID<Account>, _ store: any SQLReader) throws -> [MutedWord] {
        try store.query(
            "SELECT word_id, phrase, scopes, expires_at FROM muted_words WHERE account_id = $1 ORDER BY word_id DESC",
            [.integer(account.rawValue)]
        ) {
            MutedWord(
                id: $0.int64(0), phrase: $0.text(1), scopes: .init(rawValue: $0.int64(2)),
                expiresAt: $0.optionalInt64(3))
        }
    }

    /// What each of these accounts does not want to read; those with nothing are missing.
    package static func words(
        of accounts: [Int64], now: Int64, _ store: any SQLReader
    ) throws -> [Int64: MutedWords] {
        var words: [Int64: [MutedWord]] = [:]
        try store.forEach(
            """
            SELECT m.account_id, m.word_id, m.phrase, m.scopes, m.expires_at FROM list($1) AS wanted
            JOIN muted_words m ON m.account_id = wanted.value
            """, [.list(accounts)]
        ) { row in
            words[row.int64(0), default: []].append(
                MutedWord(
                    id: row.int64(1), phrase: row.text(2), scopes: .init(rawValue: row.int64(3)),
                    expiresAt: row.optionalInt64(4)))
            return true
        }
        return words.compactMapValues { MutedWords($0, now: now) }
    }

    /// A phrase that is there already takes on the new scopes and time.
    /// - Returns: its id.
    static func put(_ word: MutedWord, of account: ID<Account>, _ store: any SQLWriter) throws -> Int64? {
        try store.query(
            """
            INSERT INTO muted_words (account_id, word_id, phrase, scopes, expires_at) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (account_id, phrase) DO UPDATE SET scopes = excluded.scopes, expires_at = excluded.expires_at
            RETURNING word_id
            """,
            [
                .integer(account.rawValue), .integer(word.id), .text(word.phrase), .integer(word.scopes.rawValue),
                .integer(word.expiresAt),
            ]
        ) { $0.int64(0) }.first
    }
}

import Accounts
import Core
import EventLog
import SQL
import Text

extension GraphService {
    /// What the viewer does not want to read, the newest first.
    package func mutedWords(of viewer: ID<Account>) async throws -> [MutedWord] {
        let now = clock.now()
        return try await database.read { try MutedWordRows.words(of: viewer, $0) }.filter { $0.isLive(at: now) }
    }

    /// Hides from the viewer what others write with a word or phrase in it. One that is muted already takes on the new scopes and
    /// time.
    /// - Parameter expiresAt: in milliseconds since 1970; nil for good.
    /// - Throws: `GraphError`: `invalid`, `limitReached`.
    package func muteWord(
        _ phrase: String, in scopes: MutingScopes, until expiresAt: Int64?, viewer: ID<Account>,
        noting note: CommandNote? = nil
    ) async throws -> MutedWord {
        let now = clock.now()
        try Self.check(phrase, scopes, expiresAt: expiresAt, now: now)
        let word = MutedWord(
            id: try await ids.next(bucket: viewer.bucket), phrase: phrase, scopes: scopes, expiresAt: expiresAt)
        return try await database.write { store in
            try store.execute(
                "DELETE FROM muted_words WHERE account_id = $1 AND expires_at <= $2",
                [.integer(viewer.rawValue), .integer(now)])
            guard let id = try MutedWordRows.put(word, of: viewer, store) else { return word }
            let count = try GraphQueries.count("muted_words", "account_id", viewer, store)
            guard count <= Limits.mutedPhrasesMax else {
                throw GraphError.limitReached("muted words", max: Limits.mutedPhrasesMax)
            }
            // Other scopes may show again what was hidden.
            if id != word.id { try Self.tellOfChange(viewer, now: now, store) }
            try note?.write(id, store)
            store.announce(.relationship(viewer.rawValue, viewer.rawValue))
            return MutedWord(id: id, phrase: phrase, scopes: scopes, expiresAt: expiresAt)
        }
    }

    /// - Throws: `GraphError.notFound` for one that is not the viewer's.
    package func mutedWord(_ id: Int64, viewer: ID<Account>) async throws -> MutedWord {
        guard let word = try await mutedWords(of: viewer).first(where: { $0.id == id }) else {
            throw GraphError.notFound
        }
        return word
    }

    /// Shows again what a muted word hid.
    /// - Throws: `GraphError.notFound` for one that is not the viewer's.
    package func unmuteWord(_ id: Int64, viewer: ID<Account>) async throws {
        let now = clock.now()
        try await database.write { store in
            let removed = try store.execute(
                "DELETE FROM muted_words WHERE account_id = $1 AND word_id = $2",
                [.integer(viewer.rawValue), .integer(id)])
            guard removed == 1 else { throw GraphError.notFound }
            try Self.tellOfChange(viewer, now: now, store)
            store.announce(.relationship(viewer.rawValue, viewer.rawValue))
        }
    }

    /// Old posts are part of the feed again, which `since` has to tell.
    private static func tellOfChange(_ viewer: ID<Account>, now: Int64, _ store: any SQLWriter) throws {
        try Outbox.append(
            Event(.wordsUnmuted, key: viewer.rawValue, subject: viewer.rawValue, occurredAt: now), in: store)
        store.announce(.eventsAppended)
    }

    private static func check(_ phrase: String, _ scopes: MutingScopes, expiresAt: Int64?, now: Int64) throws {
        try check(phrase)
        guard !scopes.isEmpty else { throw GraphError.invalid("scopes", "scopes must name at least one.") }
        guard expiresAt.map({ $0 > now }) ?? true else {
            throw GraphError.invalid("expires_at", "expires_at must lie in the future.")
        }
    }

    /// - Throws: `GraphError.invalid`.
    static func check(_ phrase: String) throws {
        let isPrintable = phrase.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
        guard isPrintable else { throw GraphError.invalid("phrase", "phrase holds control characters.") }
        do { _ = try MutedPhrase(phrase) } catch .tooLong {
            throw GraphError.invalid(
                "phrase", "phrase is longer than \(Limits.mutedPhraseCharactersMax) characters.")
        } catch {
            throw GraphError.invalid("phrase", "phrase is empty.")
        }
    }
}

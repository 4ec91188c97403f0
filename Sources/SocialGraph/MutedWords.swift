import Core
import Text

/// Where a muted word or phrase hides what holds it. Raw values are stored: never reuse one.
package struct MutingScopes: OptionSet, Hashable, Sendable {
    package let rawValue: Int64

    package init(rawValue: Int64) {
        self.rawValue = rawValue
    }

    package static let home = Self(rawValue: 1)
    package static let comments = Self(rawValue: 2)
    package static let notifications = Self(rawValue: 4)
    package static let all: Self = [.home, .comments, .notifications]

    /// Each by its name in the API.
    package static let named: KeyValuePairs<String, Self> = [
        "home": .home, "comments": .comments, "notifications": .notifications,
    ]

    package init?(name: String) {
        guard let scope = Self.named.first(where: { $0.key == name }) else { return nil }
        self = scope.value
    }

    package var names: [String] { Self.named.filter { contains($0.value) }.map(\.key) }
}

/// A word or phrase that somebody does not want to read.
package struct MutedWord: Hashable, Sendable {
    package let id: Int64
    package let phrase: String
    package let scopes: MutingScopes
    /// Milliseconds since 1970; nil for one that stays.
    package let expiresAt: Int64?

    package init(id: Int64, phrase: String, scopes: MutingScopes, expiresAt: Int64?) {
        self.id = id
        self.phrase = phrase
        self.scopes = scopes
        self.expiresAt = expiresAt
    }

    package func isLive(at now: Int64) -> Bool { expiresAt.map { $0 > now } ?? true }
}

/// All that one viewer does not want to read, ready to be looked for. A class, because many reads share it.
package final class MutedWords: Sendable {
    private let entries: [(word: MutedWord, phrase: MutedPhrase)]
    /// By scope, right until the first word expires.
    private let prepared: [Int64: MutedPhrases]
    private let preparedUntil: Int64

    /// - Returns: nil where there is nothing to look for.
    /// - Parameter now: in milliseconds since 1970.
    package init?(_ words: [MutedWord], now: Int64) {
        // What is stored has been accepted; should the rules become narrower, the rest still holds.
        entries = words.filter { $0.isLive(at: now) }
            .compactMap { word in (try? MutedPhrase(word.phrase)).map { (word, $0) } }
        guard !entries.isEmpty else { return nil }
        prepared = Dictionary(
            uniqueKeysWithValues: MutingScopes.named.map { [entries] scope in
                (scope.value.rawValue, Self.phrases(of: entries, in: scope.value))
            })
        preparedUntil = entries.compactMap(\.word.expiresAt).min() ?? .max
    }

    /// What to look for in texts that are shown there now; nil for nothing.
    package func phrases(in scope: MutingScopes, at now: Int64) -> MutedPhrases? {
        let phrases =
            if now < preparedUntil {
                prepared[scope.rawValue]
            } else {
                Optional(Self.phrases(of: entries.filter { $0.word.isLive(at: now) }, in: scope))
            }
        guard let phrases, !phrases.isEmpty else { return nil }
        return phrases
    }

    private static func phrases(
        of entries: [(word: MutedWord, phrase: MutedPhrase)], in scope: MutingScopes
    ) -> MutedPhrases {
        MutedPhrases(entries.filter { $0.word.scopes.contains(scope) }.map(\.phrase))
    }
}

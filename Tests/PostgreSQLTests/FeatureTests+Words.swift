import Core
import Posts
import SQL

@testable import SocialGraph

extension FeatureTests {
    static func mutedWords(_ town: Town, _ chronicle: Chronicle) async throws {
        let (alice, bob) = (chronicle.id("alice"), chronicle.id("bob"))
        func note(_ what: String) async throws {
            let words = try await town.graph.mutedWords(of: alice)
            chronicle.note(what, words.map { "\($0.phrase) \($0.scopes.names) \($0.expiresAt == nil)" })
        }
        let first = try await town.graph.muteWord("Ärger über C++", in: .home, until: nil, viewer: alice)
        _ = try await town.graph.muteWord("ärger über c++", in: .all, until: .max, viewer: alice)
        try await note("muted words")
        let again = try await town.graph.muteWord("Ärger über C++", in: .comments, until: nil, viewer: alice)
        chronicle.note("the same word", first.id == again.id)
        try await note("muted words then")
        let recipients = [alice.rawValue, bob.rawValue]
        let found = try await town.database.read { try MutedWordRows.words(of: recipients, now: 0, $0) }
        chronicle.note("who mutes words", found.keys.map { $0 == alice.rawValue })
        let relations = try await town.database.read { try GraphQueries.relations(of: alice, $0) }
        chronicle.note("in relations", relations.mutedWords?.phrases(in: .comments, at: 0) != nil)
        await chronicle.noteFailure("somebody else's word") { try await town.graph.unmuteWord(first.id, viewer: bob) }
        try await town.graph.unmuteWord(first.id, viewer: alice)
        try await note("muted words at last")
    }
}

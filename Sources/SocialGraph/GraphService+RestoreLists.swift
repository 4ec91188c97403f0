import Accounts
import Core
import SQL

/// Lists and muted words that come back with an archive. What no account could have made is refused.
extension GraphService {
    /// - Throws: `GraphError`: `invalid`, `limitReached`.
    package static func restoreList(
        _ id: ID<AccountList>, _ changes: ListChanges, of owner: ID<Account>, _ store: any SQLWriter
    ) throws {
        var list = AccountList(id: id, title: "", isExclusive: false, replies: .followed)
        try list.apply(changes)
        guard try GraphQueries.count("lists", "account_id", owner, store) < Limits.listsMax else {
            throw GraphError.limitReached("lists", max: Limits.listsMax)
        }
        try ListRows.put(list, of: owner, store)
    }

    /// Puts an account that the owner follows on a list that is there.
    /// - Returns: whether it did.
    package static func restoreMember(
        _ member: ID<Account>, row: Int64, on list: ID<AccountList>, of owner: ID<Account>, _ store: any SQLWriter
    ) throws -> Bool {
        try store.execute(
            """
            INSERT INTO list_members (account_id, list_id, member_id, membership_id)
            SELECT $1, $2, $3, $4 FROM following WHERE follower_id = $1 AND followee_id = $3
                AND EXISTS (SELECT 1 FROM lists WHERE account_id = $1 AND list_id = $2)
                AND (SELECT count(*) FROM list_members WHERE account_id = $1 AND list_id = $2) < $5
            ON CONFLICT DO NOTHING
            """,
            [
                .integer(owner.rawValue), .integer(list.rawValue), .integer(member.rawValue), .integer(row),
                .integer(Int64(Limits.listMembersMax)),
            ]) == 1
    }

    /// - Throws: `GraphError`: `invalid`, `limitReached`.
    package static func restore(_ word: MutedWord, of owner: ID<Account>, _ store: any SQLWriter) throws {
        try check(word.phrase)
        guard !word.scopes.isEmpty else { throw GraphError.invalid("scopes", "scopes must name at least one.") }
        guard try GraphQueries.count("muted_words", "account_id", owner, store) < Limits.mutedPhrasesMax else {
            throw GraphError.limitReached("muted words", max: Limits.mutedPhrasesMax)
        }
        guard try MutedWordRows.put(word, of: owner, store) == word.id else {
            throw GraphError.invalid("phrase", "phrase is there twice.")
        }
    }
}

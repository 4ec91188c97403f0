import Core
import EventLog
import SQL
import TestSupport
import Testing
import Text

@testable import Accounts

@Suite("Names that look alike")
struct LookAlikeTests {
    @Test("a name that looks like another's is refused, also after that account's end", arguments: [false, true])
    func refused(afterDeletion: Bool) async throws {
        try await Community.run { community in
            let mary = try await community.register("mary_lo")
            if afterDeletion { try await community.accounts.delete(mary.account.id) }
            for name in ["rnary_lo", "mary__lo", "MARY_10", "mary_i0"] {
                await #expect(throws: AccountsError.usernameLooksTaken, "\(name)") {
                    try await community.accounts.register(community.registration(name, email: "\(name)@example.org"))
                }
                await #expect(throws: AccountsError.usernameLooksTaken, "\(name)") {
                    try await community.accounts.createAccount(Username(name))
                }
            }
            await #expect(throws: AccountsError.usernameTaken) {
                try await community.accounts.createAccount(Username("mary_lo"))
            }
            try await community.register("mary_l8")
        }
    }

    @Test("of many who race for names that look alike, one gets one")
    func race() async throws {
        try await Community.run { community in
            let names = ["l0001", "lo001", "l0o01", "1000l", "i00oi", "loool", "IOOOI", "10001"]
            let refusals = await refusals(of: names, in: community)
            #expect(refusals.filter { $0 == nil }.count == 1)
            #expect(refusals.filter { $0 == .usernameLooksTaken }.count == names.count - 1)
            let users = try await community.integer("SELECT count(*) FROM users")
            let counted = try await community.integer("SELECT count(*) FROM account_counters")
            #expect((users, counted) == (1, 1))
        }
    }

    /// Nil for each that succeeded.
    private func refusals(of names: [String], in community: Community) async -> [AccountsError?] {
        await withTaskGroup(of: AccountsError?.self) { group in
            for name in names {
                group.addTask {
                    do {
                        try await community.register(name)
                        return nil
                    } catch {
                        return error as? AccountsError ?? .notFound
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
    }

    @Test("accounts from elsewhere keep names that look alike; who was first holds the look")
    func imported() async throws {
        try await Community.run { community in
            let names = try ["anna1", "annal", "bob"].map { ImportedAccount(username: try Username($0)) }
            let ids = try await community.accounts.importAccounts(names)
            #expect(ids.count == 3)
            let again = try await community.accounts.importAccounts(names)
            #expect(again == ids)
            let holder = try await community.integer(
                "SELECT account_id FROM username_skeletons WHERE skeleton = 'annal'")
            #expect(holder == ids["anna1"]?.rawValue)
            await #expect(throws: AccountsError.usernameLooksTaken) {
                try await community.accounts.createAccount(Username("annai"))
            }
        }
    }

    @Test("who comes back with an archive keeps a name that looks alike, but no name or address of another's")
    func restored() async throws {
        try await Community.run { community in
            let modern = try await community.register("modern")
            func restore(_ id: Int64, _ name: String, email: String) async throws {
                let account = RestoredAccount(
                    id: ID(id), username: try Username(name), displayName: try DisplayName(name),
                    bio: try Biography(""), avatarURL: nil, email: try EmailAddress(email), isPrivate: false,
                    createdAt: 0)
                try await community.database.write { try AccountService.restore(account, now: 0, $0) }
            }
            try await restore(17, "modem", email: "modem@example.org")
            #expect(try await community.directory.id(ofUsername: "modem") == ID<Account>(17))
            let holder = try await community.integer(
                "SELECT account_id FROM username_skeletons WHERE skeleton = $1",
                [.text(try Username("modern").skeleton)])
            #expect(holder == modern.account.id.rawValue)
            await #expect(throws: AccountsError.usernameTaken) {
                try await restore(18, "modern", email: "other@example.org")
            }
            await #expect(throws: AccountsError.emailTaken) {
                try await restore(18, "another", email: "modern@example.org")
            }
        }
    }

    @Test("accounts that were there before are told apart as new ones are")
    func migration() async throws {
        let database = try SQLiteDatabase(path: TemporaryFolder().file("old.db"))
        let earlier = AccountSchema.migrations.filter { $0.name != AccountSchema.lookAlikes.name }
        try await Migrator([Outbox.migration, IDGenerator.migration] + earlier).migrate(database)
        let underscores = String(repeating: "_", count: 28)
        let names = ["momo", "rn0rno", "wim0", "vvlrno", "a\(underscores)b", "a_b", "x1il0", "plain", "__a__", "_8_"]
        try await database.write { store in
            for (id, name) in names.enumerated() {
                try store.execute(
                    "INSERT INTO users (id, username, display_name, created_at) VALUES ($1, $2, '', 0)",
                    [.integer(Int64(id)), .text(name)])
            }
        }
        try await Migrator([Outbox.migration, IDGenerator.migration] + AccountSchema.migrations).migrate(database)
        let held = try await database.read { store in
            try store.query("SELECT skeleton, account_id FROM username_skeletons", []) { ($0.text(0), $0.int64(1)) }
        }
        let oldest = Dictionary(
            zip(names.map(Confusables.skeleton(of:)), names.indices.map(Int64.init)), uniquingKeysWith: min)
        #expect(Dictionary(uniqueKeysWithValues: held) == oldest)
        #expect(oldest.count == 7)
        try await database.close()
    }
}

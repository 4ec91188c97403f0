import Accounts
import Testing

@Suite("Password hasher")
struct PasswordHasherTests {
    private static let cheap = PasswordHasher.Cost(memoryKiB: 8, passes: 1)

    @Test("a hash fits its password only, and no two are equal")
    func roundTrip() async throws {
        let hasher = try PasswordHasher(cost: Self.cheap)
        let hash = try await hasher.hash(try Password("correct horse"))
        #expect(hash.hasPrefix("$argon2id$v=19$m=8,t=1,p=1$"))
        #expect(try await hasher.verify("correct horse", against: hash))
        #expect(try await !hasher.verify("correct horsf", against: hash))
        #expect(try await !hasher.verify("", against: hash))
        #expect(try await hasher.hash(try Password("correct horse")) != hash)
    }

    @Test("the default cost is OWASP's, and hashes of another cost still verify")
    func defaultCost() async throws {
        let hash = try await PasswordHasher().hash(try Password("correct horse"))
        #expect(hash.hasPrefix("$argon2id$v=19$m=19456,t=2,p=1$"))
        #expect(try await PasswordHasher(cost: Self.cheap).verify("correct horse", against: hash))
    }

    @Test("without a hash no password is right, not even the decoy's")
    func decoy() async throws {
        let hasher = try PasswordHasher(cost: Self.cheap)
        #expect(try await !hasher.verify("", against: nil))
        #expect(try await !hasher.verify("correct horse", against: nil))
    }

    @Test("a full queue refuses")
    func overload() async throws {
        let hasher = try PasswordHasher(cost: Self.cheap, inFlightMax: 0)
        await #expect(throws: AccountsError.overloaded) { try await hasher.verify("correct horse", against: nil) }
        let busy = try PasswordHasher(inFlightMax: 2)
        let refusals = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    do { return try await busy.verify("x", against: nil) } catch AccountsError.overloaded {
                        return true
                    }
                }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(refusals > 0)
        #expect(try await !busy.verify("x", against: nil))
    }
}

extension AccountsError {
    static func ~= (pattern: AccountsError, error: any Error) -> Bool {
        error as? AccountsError == pattern
    }
}

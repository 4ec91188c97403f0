import Core
import EventLog
import SQL

/// An account's own life: from registration through changes to deletion.
package struct AccountService: Sendable {
    /// What someone registers with.
    package struct Registration: Sendable {
        package let username: Username
        package let email: EmailAddress
        package let password: Password
        /// The username where nil.
        package let displayName: DisplayName?

        package init(username: Username, email: EmailAddress, password: Password, displayName: DisplayName? = nil) {
            self.username = username
            self.email = email
            self.password = password
            self.displayName = displayName
        }
    }

    let database: any Database
    let ids: IDGenerator
    let hasher: PasswordHasher
    let authority: TokenAuthority
    let clock: WallClock
    /// How long an account that wants to be deleted can come back.
    let deletionGrace: Duration
    private let privacyObservers: [any PrivacyObserver]

    var opener: SessionOpener { SessionOpener(ids: ids, authority: authority, clock: clock) }

    package init(
        database: any Database, ids: IDGenerator, hasher: PasswordHasher, authority: TokenAuthority, clock: WallClock,
        deletionGrace: Duration = .seconds(14 * 86_400), privacyObservers: [any PrivacyObserver] = []
    ) {
        self.database = database
        self.ids = ids
        self.hasher = hasher
        self.authority = authority
        self.clock = clock
        self.deletionGrace = deletionGrace
        self.privacyObservers = privacyObservers
    }

    /// Creates an account and its first session.
    /// - Throws: `AccountsError`: `usernameTaken`, `usernameLooksTaken`, `emailTaken`, `overloaded`.
    package func register(
        _ registration: Registration, client: ClientName? = nil
    ) async throws -> (account: Account, tokens: TokenPair) {
        let row = try await newRow(
            registration.username, email: registration.email, password: registration.password,
            displayName: registration.displayName, isActiveNow: true)
        let session = try await opener.session(for: row.id, client: client)
        let token = RefreshToken.generated()
        try await create(
            row,
            with: [
                SessionRows.insert(session),
                SessionRows.insert(token, session: session.id, at: session.createdAt, expiresAt: session.expiresAt),
            ])
        return (
            Account(row), try await opener.tokens(account: row.id, session: session.id, refreshToken: token)
        )
    }

    /// The e-mail address of an account, for its owner.
    package func email(of id: ID<Account>) async throws -> String? {
        try await database.read { try AccountRow.find(id, $0)?.email }
    }

    /// Changes one's own account.
    /// - Throws: `AccountsError`: `invalid` (no current password given), `wrongCredentials` (a wrong one),
    ///   `passwordNotSet`, `emailTaken`, `notFound`, `overloaded`.
    package func update(_ principal: Principal, _ changes: ProfileChanges) async throws {
        let confirmed = changes.needsPassword ? try await confirmPassword(of: principal.accountID, changes) : nil
        let newHash: String? = if let password = changes.password { try await hasher.hash(password) } else { nil }
        let now = clock.now()
        try await namingConflicts(username: nil, email: changes.email) {
            try await database.write { store in
                guard let before = try AccountRow.find(principal.accountID, store), before.state == .active else {
                    throw AccountsError.notFound
                }
                // The password may have changed while the hash was computed.
                if changes.needsPassword, before.passwordHash != confirmed { throw AccountsError.wrongCredentials }
                let after = before.applying(changes, newPasswordHash: newHash)
                guard after != before || !after.hasProfile(of: before) else { return }
                let flags = AccountUpdateFlags(before, after)
                try after.save(.accountUpdated, flags: flags, at: now, in: store)
                if flags.contains(.credentials) {
                    try SessionRows.revokeOthers(
                        of: principal.accountID, than: principal.sessionID, at: now, in: store)
                }
                if changes.password != nil { store.announce(.passwordChanged(principal.accountID.rawValue)) }
                if flags.contains(.becamePublic) {
                    for observer in privacyObservers { try observer.becamePublic(principal.accountID, in: store) }
                }
            }
        }
    }

    /// Deletes an account at once and without a receipt: its personal data is erased, its sessions end, its username stays taken.
    /// - Throws: `AccountsError.notFound`.
    package func delete(_ id: ID<Account>) async throws {
        let now = clock.now()
        try await database.write { store in
            guard var row = try AccountRow.find(id, store), row.state != .deleted else {
                throw AccountsError.notFound
            }
            row.erase()
            try row.save(.accountDeleted, at: now, in: store)
            try SessionRows.revokeAll(of: id, at: now, in: store)
        }
    }

    /// - Returns: the hash of the password that was confirmed.
    private func confirmPassword(of id: ID<Account>, _ changes: ProfileChanges) async throws -> String {
        guard let password = changes.currentPassword else {
            throw AccountsError.invalid(
                field: "current_password", reason: "is needed to change the e-mail address or the password")
        }
        return try await confirmPassword(of: id, password)
    }

    /// - Returns: the hash of the password that was confirmed.
    func confirmPassword(of id: ID<Account>, _ password: String) async throws -> String {
        guard let credentials = try await database.read({ try Credentials.find(id: id, $0) }) else {
            throw AccountsError.notFound
        }
        guard let hash = credentials.passwordHash else { throw AccountsError.passwordNotSet }
        guard try await hasher.verify(password, against: hash) else { throw AccountsError.wrongCredentials }
        return hash
    }
}

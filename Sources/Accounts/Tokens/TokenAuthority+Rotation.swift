import Core
import SQL
import ServiceLifecycle
import Telemetry

/// Changing keys. As a service, the authority follows changes made by other processes.
extension TokenAuthority: Service {
    package func run() async throws {
        for await _ in keysChanged.cancelOnGracefulShutdown() {
            do { try await reloadKeys() } catch is CancellationError { return } catch {
                logger.error("signing keys not read", metadata: ["error": "\(error)"])
            }
        }
    }

    /// Signs with a new key from now on.
    /// - Parameter revokingOld: removes the old keys, so that every access token is refused at once; otherwise they
    ///   verify until the last token they signed has expired.
    package func rotateKeys(revokingOld: Bool = false) async throws {
        let now = clock.now()
        let key = SigningKey.generated(at: now)
        try await database.write { store in
            try SigningKey.retireAll(at: now, in: store)
            if revokingOld { _ = try SigningKey.removeRetired(before: .max, in: store) }
            try key.insert(in: store)
            store.announce(.signingKeys)
        }
        try await reloadKeys()
        logger.notice("signing keys rotated", metadata: ["kid": "\(key.id)", "revoked_old": "\(revokingOld)"])
    }

    /// Removes retired keys whose tokens have all expired.
    func removeExpiredKeys() async throws {
        let before = clock.now() - settings.accessTokenLifetimeMax.milliseconds
        try await database.write { store in
            guard try SigningKey.removeRetired(before: before, in: store) > 0 else { return }
            store.announce(.signingKeys)
        }
    }
}

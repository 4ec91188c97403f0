import Core
import SQL

/// Someone with work to do when an account stops being private, in the same transaction.
package protocol PrivacyObserver: Sendable {
    func becamePublic(_ account: ID<Account>, in store: any SQLWriter) throws
}

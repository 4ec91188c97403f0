import Core

/// What holds something of accounts besides the tables, as the receipt of an erasure names it.
package struct ErasedStore: Sendable {
    /// Erases what the store holds of an account; runs before the tables and after, and the greater count stands. It is given
    /// what the receipt has so far.
    package typealias Erase = @Sendable (ID<Account>, _ receipt: [String: Int64]) async throws -> Int64

    package let name: String
    /// How long what is not erased at once may be there; nil where nothing is, or no date can be given.
    let remains: Duration?
    let erase: Erase

    package init(
        _ name: String, remains: Duration? = nil, erase: @escaping Erase = { _, _ in 0 }
    ) {
        self.name = name
        self.remains = remains
        self.erase = erase
    }
}

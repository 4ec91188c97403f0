import Core
import Crypto

/// A client's name for one command of one account on one route.
package struct IdempotencyKey: Hashable, Sendable {
    let account: Int64
    let route: String
    let key: String

    /// - Parameters:
    ///   - route: what the command is, with the ids in its path.
    ///   - text: 1 to 255 visible ASCII characters, bare or in double quotes (the quotes do not count).
    /// - Throws: `IdempotencyError.malformedKey`.
    package init(account: ID<Account>, route: String, text: String) throws(IdempotencyError) {
        var key = Substring(text)
        if key.count >= 2, key.first == "\"", key.last == "\"" { key = key.dropFirst().dropLast() }
        guard (1...Limits.idempotencyKeyBytesMax).contains(key.utf8.count),
            key.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { throw .malformedKey }
        self.account = account.rawValue
        self.route = route
        self.key = String(key)
    }
}

/// A command under a name: sent again with the same body it is the same command.
package struct IdempotentCommand: Sendable {
    let key: IdempotencyKey
    let hash: String

    /// - Parameter body: the request's bytes, whose hash tells whether it is the same request.
    package init(_ key: IdempotencyKey, body: [UInt8]) {
        self.key = key
        hash = SHA256.hash(data: body).map { String($0, radix: 16) }.joined(separator: ".")
    }
}

/// Why a command under a name is not carried out.
package enum IdempotencyError: Error, Hashable {
    case malformedKey
    /// The same key is being used by a request that has not been answered.
    case inFlight
    /// The key was used with another body.
    case mismatch
}

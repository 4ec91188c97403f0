import Accounts
import Core

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Access tokens that this event loop has seen verified, found by their bytes.
///
/// Being here says only that the signature was right under the keys of `epoch`. Whether the token has expired, its session
/// has ended or its account has gone is asked with every request.
struct KnownTokens {
    struct Known {
        let token: [UInt8]
        let principal: Principal
        let epoch: Int
    }

    private var byTail: [UInt64: Known] = [:]

    /// The principal of a token that was verified under the keys of `epoch`.
    func principal(of token: UnsafeRawBufferPointer, epoch: Int) -> Principal? {
        guard let tail = Self.tail(of: token), let known = byTail[tail], known.epoch == epoch,
            token.isEqual(to: known.token)
        else { return nil }
        return known.principal
    }

    mutating func note(_ principal: Principal, of token: UnsafeRawBufferPointer, epoch: Int) {
        guard let tail = Self.tail(of: token) else { return }
        // They come back from the authority at the price of a look-up.
        if byTail.count >= Limits.frontTokensMax { byTail.removeAll(keepingCapacity: true) }
        byTail[tail] = Known(token: Array(token), principal: principal, epoch: epoch)
    }

    /// The last eight bytes, which are part of the signature and so as good as random.
    private static func tail(of token: UnsafeRawBufferPointer) -> UInt64? {
        guard token.count >= 8 else { return nil }
        return token.loadUnaligned(fromByteOffset: token.count - 8, as: UInt64.self)
    }
}

extension UnsafeRawBufferPointer {
    func isEqual(to bytes: [UInt8]) -> Bool {
        guard count == bytes.count else { return false }
        return bytes.withUnsafeBytes { bytes in
            guard let left = baseAddress, let right = bytes.baseAddress else { return true }
            return memcmp(left, right, count) == 0
        }
    }
}

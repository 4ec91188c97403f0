import Core

/// A key that a cache finds fast: it spreads itself over the whole word, in a way that strangers cannot foresee.
@usableFromInline
package protocol CacheKey: Hashable, Sendable {
    /// - Parameter seed: a secret of the process, so that nobody can choose keys that collide.
    func cacheHash(seed: UInt64) -> UInt64
}

extension ID: CacheKey {
    @usableFromInline
    package func cacheHash(seed: UInt64) -> UInt64 { Bucket.mixed(UInt64(bitPattern: rawValue) ^ seed) }
}

extension Position: CacheKey {
    @usableFromInline
    package func cacheHash(seed: UInt64) -> UInt64 { Bucket.mixed(UInt64(bitPattern: rawValue) ^ seed) }
}

extension Int64: CacheKey {
    @usableFromInline
    package func cacheHash(seed: UInt64) -> UInt64 { Bucket.mixed(UInt64(bitPattern: self) ^ seed) }
}

extension Int: CacheKey {
    @usableFromInline
    package func cacheHash(seed: UInt64) -> UInt64 { Bucket.mixed(UInt64(bitPattern: Int64(self)) ^ seed) }
}

extension String: CacheKey {
    /// The standard hasher is keyed already.
    @usableFromInline
    package func cacheHash(seed: UInt64) -> UInt64 { UInt64(bitPattern: Int64(hashValue)) }
}

import Core
import Synchronization

/// The set of keys that somebody is at work on, such as requests in flight by idempotency key.
package final class KeyLock<Key: Hashable & Sendable>: Sendable {
    private let keysMax: Int
    private let held = Mutex<Set<Key>>([])

    package init(keysMax: Int = Limits.keyLocksMax) {
        self.keysMax = keysMax
    }

    /// Takes `key` and never waits. False where it is held already, or where as many keys as allowed are held.
    package func tryAcquire(_ key: Key) -> Bool {
        held.withLock { held in
            guard held.count < keysMax else { return false }
            return held.insert(key).inserted
        }
    }

    /// Gives back a key that `tryAcquire` took.
    package func release(_ key: Key) {
        held.withLock { held in
            _ = held.remove(key)
        }
    }
}

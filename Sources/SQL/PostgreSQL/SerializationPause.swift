#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The pause of a thread before it tries again what the server could not serialize: longer with every attempt, and of
/// any length up to that, so that those who collided part.
enum SerializationPause {
    static func take(afterAttempt attempt: Int) {
        let microsecondsMax = 250 << min(attempt, 7)
        usleep(UInt32.random(in: 0...UInt32(microsecondsMax)))
    }
}

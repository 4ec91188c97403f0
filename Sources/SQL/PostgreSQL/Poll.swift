#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Waiting for sockets on a thread of one's own.
enum Poll {
    static func isReadable(_ socket: CInt) -> Bool {
        var entry = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
        return poll(&entry, 1, 0) > 0
    }

    /// - Returns: false where the deadline passed.
    static func wait(_ socket: CInt, writing: Bool, until deadline: ContinuousClock.Instant) -> Bool {
        var entries = [pollfd(fd: socket, events: Int16(writing ? POLLIN | POLLOUT : POLLIN), revents: 0)]
        return wait(&entries, until: deadline)
    }

    /// - Returns: false where the deadline passed.
    static func wait(_ socket: CInt, or other: CInt, until deadline: ContinuousClock.Instant) -> Bool {
        var entries = [socket, other].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        return wait(&entries, until: deadline)
    }

    private static func wait(_ entries: inout [pollfd], until deadline: ContinuousClock.Instant) -> Bool {
        while true {
            let left = ContinuousClock.now.duration(to: deadline) / .milliseconds(1)
            guard left > 0 else { return false }
            let count = poll(&entries, nfds_t(entries.count), CInt(min(left.rounded(.up), 60_000)))
            if count > 0 { return true }
            guard count == 0 || errno == EINTR || errno == EAGAIN else { return false }
        }
    }
}

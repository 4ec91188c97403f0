#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A pipe that ends another thread's wait for sockets.
final class WakePipe: Sendable {
    let reader: CInt
    private let writer: CInt

    /// Where no pipe can be had, waits last until their time is over.
    init() {
        var ends: [CInt] = [-1, -1]
        if pipe(&ends) == 0 {
            for end in ends { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        }
        (reader, writer) = (ends[0], ends[1])
    }

    deinit {
        for end in [reader, writer] where end >= 0 { close(end) }
    }

    func ring() {
        var byte: UInt8 = 1
        // A pipe that is full has been rung already.
        _ = write(writer, &byte, 1)
    }

    func clear() {
        var bytes = [UInt8](repeating: 0, count: 64)
        while read(reader, &bytes, bytes.count) > 0 {}
    }

    /// Returns when it is rung or at `end`.
    func wait(until end: ContinuousClock.Instant) {
        _ = Poll.wait(reader, writing: false, until: end)
        clear()
    }
}

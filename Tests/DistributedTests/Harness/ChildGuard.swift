import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A shell that outlives this process by a moment, and ends the children that it left behind.
enum ChildGuard {
    /// It learns by its input whom to end, and that this process is gone when its input ends.
    private static let script = """
        children=
        while read -r verb child; do
            if [ "$verb" = began ]; then children="$children $child "; continue; fi
            children="${children%% $child *} ${children#* $child }"
        done
        [ -z "${children# }" ] || kill -9 $children
        """

    private static let writer = Mutex<Int32?>(nil)

    static func began(_ child: pid_t) { tell("began \(child)\n") }
    static func ended(_ child: pid_t) { tell("ended \(child)\n") }

    private static func tell(_ line: String) {
        writer.withLock { writer in
            if writer == nil { writer = start() }
            guard let writer else { return }
            let bytes = Array(line.utf8)
            _ = write(writer, bytes, bytes.count)
        }
    }

    private static func start() -> Int32? {
        var pipes: [Int32] = [-1, -1]
        guard pipe(&pipes) == 0 else { return nil }
        defer { close(pipes[0]) }
        for end in pipes { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let child = try? Spawn.child(["sh", "-c", script], input: pipes[0], output: "/dev/null")
        return child == nil ? nil : pipes[1]
    }
}

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A program run to its end, found by `PATH`.
///
/// Foundation's `Process` copies directory entries past their end when it looks for open files, which now and then crashes
/// a process with many threads. This does not look.
package enum Command {
    package struct NotStarted: Error {
        package let code: Int32
    }

    /// - Parameter output: a file for what it writes to both outputs; nowhere by default.
    /// - Returns: its exit code, or 128 and the signal that ended it.
    package static func run(_ arguments: [String], output: String = "/dev/null") throws -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        var strings = arguments.map { strdup($0) }
        defer { for string in strings { free(string) } }
        strings.append(nil)
        var child = pid_t()
        guard let program = arguments.first else { throw NotStarted(code: EINVAL) }
        let code = posix_spawnp(&child, program, &actions, nil, strings, environ)
        guard code == 0 else { throw NotStarted(code: code) }
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0 {
            guard errno == EINTR else { throw NotStarted(code: errno) }
        }
        return status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
    }
}

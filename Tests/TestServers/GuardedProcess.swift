import Synchronization
import TestSupport

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A server that ends when this process does, however it does: a shell holds the reading end of a pipe whose writing end
/// only this process has, and kills the server when the pipe ends.
struct GuardedProcess: Sendable {
    struct NotStarted: Error, CustomStringConvertible {
        let description: String
    }

    /// Of the server.
    let id: pid_t
    private let shell: Shell

    /// - Parameters:
    ///   - log: a file for both outputs.
    ///   - package: Debian's, that has the program.
    init(_ program: String, _ arguments: [String], log: String, package: String) throws {
        guard try Command.run(["sh", "-c", "command -v \(program)"]) == 0 else {
            throw NotStarted(description: "There is no \(program) to test with. Install it: apt-get install \(package)")
        }
        let idFile = log + ".pid"
        unlink(idFile)
        shell = try Self.spawn(["sh", "-c", Self.script, program, idFile] + arguments, log: log)
        var id: pid_t?
        for _ in 0..<2_000 where id == nil {
            let text = CommandOutput.contents(of: idFile)
            if text.hasSuffix("\n") { id = pid_t(text.dropLast()) } else { usleep(5_000) }
        }
        guard let id else {
            shell.end()
            throw NotStarted(description: "\(program) does not start")
        }
        self.id = id
        Self.endAtExit(shell)
    }

    /// The server's children are killed with it: those that are stopped, or whose files are gone, would not end by
    /// themselves.
    private static let script = """
        id="$1"; shift; "$0" "$@" & echo $! > "$id"; read -r _
        kill -9 $! $(cat "/proc/$!/task/$!/children" 2>/dev/null)
        """

    /// Not so when it ended by itself, though the shell has not asked how.
    var isRunning: Bool {
        guard kill(id, 0) == 0 else { return false }
        let state = CommandOutput.contents(of: "/proc/\(id)/stat").split(separator: ")").last?.first { $0 != " " }
        return state != "Z"
    }

    /// Kills it and waits for its end. Ending twice is harmless.
    func end() {
        guard Self.running.withLock({ $0.removeValue(forKey: shell.id) }) != nil else { return }
        shell.end()
        // The server is the shell's child, not ours to wait for: its id is gone soon after.
        for _ in 0..<500 where kill(id, 0) == 0 { usleep(2_000) }
    }
}

extension GuardedProcess {
    private struct Shell {
        let id: pid_t
        let input: Int32

        /// Has it kill the server.
        func end() {
            // The end of the input alone might come late: a program started meanwhile may have the pipe, too.
            _ = write(input, "\n", 1)
            close(input)
            var status: Int32 = 0
            while waitpid(id, &status, 0) < 0, errno == EINTR {}
        }
    }

    private static let running = Mutex<[pid_t: Shell]>([:])

    /// A server that still runs would write to a folder that is being removed.
    private static func endAtExit(_ shell: Shell) {
        _ = atExit
        running.withLock { $0[shell.id] = shell }
    }

    /// Comes before the removal of folders, since the first folder was made before the first server.
    private static let atExit = atexit {
        for shell in GuardedProcess.running.withLock({ $0.values }) { shell.end() }
    }

    private static func spawn(_ words: [String], log: String) throws -> Shell {
        var pipes: [Int32] = [-1, -1]
        guard pipe(&pipes) == 0 else { throw NotStarted(description: "pipe: error \(errno)") }
        defer { close(pipes[0]) }
        for end in pipes { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, pipes[0], 0)
        posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        var arguments = words.map { strdup($0) }
        defer { for argument in arguments { free(argument) } }
        arguments.append(nil)
        var child = pid_t()
        let code = posix_spawnp(&child, "sh", &actions, nil, arguments, environ)
        guard code == 0 else {
            close(pipes[1])
            throw NotStarted(description: "spawn: error \(code)")
        }
        return Shell(id: child, input: pipes[1])
    }
}

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
    private let shell: pid_t
    private var guardPipe: Int32

    /// - Parameters:
    ///   - log: a file for both outputs.
    ///   - package: Debian's, that has the program.
    init(_ program: String, _ arguments: [String], log: String, package: String) throws {
        guard try Command.run(["sh", "-c", "command -v \(program)"]) == 0 else {
            throw NotStarted(description: "There is no \(program) to test with. Install it: apt-get install \(package)")
        }
        let idFile = log + ".pid"
        unlink(idFile)
        let script = #"id="$1"; shift; "$0" "$@" & echo $! > "$id"; read -r _; kill -9 $!"#
        (shell, guardPipe) = try Self.spawn(["sh", "-c", script, program, idFile] + arguments, log: log)
        var id: pid_t?
        for _ in 0..<500 where id == nil {
            let text = CommandOutput.contents(of: idFile)
            if text.hasSuffix("\n") { id = pid_t(text.dropLast()) } else { usleep(5_000) }
        }
        guard let id else {
            close(guardPipe)
            throw NotStarted(description: "\(program) does not start")
        }
        self.id = id
    }

    /// Not so when it ended by itself, though the shell has not asked how.
    var isRunning: Bool {
        guard kill(id, 0) == 0 else { return false }
        let state = CommandOutput.contents(of: "/proc/\(id)/stat").split(separator: ")").last?.first { $0 != " " }
        return state != "Z"
    }

    /// Kills it and waits for its end. Ending twice is harmless.
    mutating func end() {
        guard guardPipe >= 0 else { return }
        close(guardPipe)
        guardPipe = -1
        kill(id, SIGKILL)
        kill(shell, SIGKILL)
        var status: Int32 = 0
        while waitpid(shell, &status, 0) < 0, errno == EINTR {}
        // The server is the shell's child, not ours to wait for: its id is gone soon after.
        for _ in 0..<500 where kill(id, 0) == 0 { usleep(2_000) }
    }

    private static func spawn(_ words: [String], log: String) throws -> (shell: pid_t, guardPipe: Int32) {
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
        return (child, pipes[1])
    }
}

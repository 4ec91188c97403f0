import Dispatch
import TestSupport

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// An S3 server for tests: moto's, from PyPI, on a free port of this machine. It ends with the process that started it.
package struct MotoServer: Sendable {
    package struct Unusable: Error, CustomStringConvertible {
        package let description: String
    }

    /// `http://127.0.0.1:…`
    package let endpoint: String

    /// Waited for on a thread of its own: other tests have deadlines.
    private static let started = Task.detached {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue(label: "moto").async { continuation.resume(with: Result { try start() }) }
        }
    }

    /// The one server of this process, started on first use.
    package static func shared() async throws -> MotoServer { try await started.value }

    private static func start() throws(Unusable) -> MotoServer {
        let program = getenv("STARLING_TEST_MOTO").map { String(cString: $0) } ?? ".build/venv/bin/moto_server"
        guard access(program, X_OK) == 0 else {
            throw Unusable(
                description: "There is no S3 server to test with at \(program). Install it: "
                    + "python3 -m venv .build/venv && .build/venv/bin/pip install 'moto[server]'")
        }
        do {
            let log = try TemporaryFolder().file("moto.log")
            try spawn(program, log: log)
            return MotoServer(endpoint: try address(in: log))
        } catch let error as Unusable {
            throw error
        } catch {
            throw Unusable(description: "moto does not start: \(error)")
        }
    }

    /// The shell ends moto once its standard input ends, which it does when this process ends, however it does. SIGKILL,
    /// because children inherit which signals are blocked, and the threads that run tests block SIGTERM.
    private static func spawn(_ program: String, log: String) throws {
        let script = #""$0" -H 127.0.0.1 -p 0 & moto=$!; read -r _; kill -9 $moto"#
        var pipes: [Int32] = [-1, -1]
        guard pipe(&pipes) == 0 else { throw Unusable(description: "pipe: error \(errno)") }
        defer { close(pipes[0]) }
        // The writing end stays open for as long as this process lives, and no child has it.
        for end in pipes { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, pipes[0], 0)
        posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        let words = ["sh", "-c", script, program]
        var arguments = words.map { strdup($0) }
        defer { for argument in arguments { free(argument) } }
        arguments.append(nil)
        var child = pid_t()
        let code = posix_spawnp(&child, "sh", &actions, nil, arguments, environ)
        guard code == 0 else { throw Unusable(description: "spawn: error \(code)") }
    }

    /// Waits for the line in which it says where it listens.
    private static func address(in log: String) throws -> String {
        var text = ""
        for _ in 0..<600 {
            text = contents(of: log)
            if let start = text.range(of: "Running on ")?.upperBound {
                let address = text[start...].prefix { !$0.isWhitespace }
                if text[address.endIndex...].first != nil { return String(address) }
            }
            usleep(50_000)
        }
        throw Unusable(description: "moto does not start: \(text)")
    }

    private static func contents(of path: String) -> String {
        guard let file = fopen(path, "r") else { return "" }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 16 * 1024)
        let count = fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }
}

extension String {
    fileprivate func range(of other: String) -> Range<String.Index>? {
        ranges(of: other).first
    }
}

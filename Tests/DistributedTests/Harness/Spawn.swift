import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Starts programs. They get none of this process's connections, which would otherwise stay open for as long as they run.
enum Spawn {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// As many as this process has open.
    private static let descriptorsMax: Int32 = 512

    /// - Parameters:
    ///   - input: a descriptor to read from; nothing by default.
    ///   - output: a file that both outputs are added to.
    static func child(_ words: [String], input: Int32? = nil, output: String) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if let input {
            posix_spawn_file_actions_adddup2(&actions, input, 0)
        } else {
            posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        }
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        // Closing what is not open is no error.
        for descriptor in 3..<Self.descriptorsMax where descriptor != input {
            posix_spawn_file_actions_addclose(&actions, descriptor)
        }
        let arguments = words.map { strdup($0) } + [nil]
        let environment = ownEnvironment.map { strdup($0) } + [nil]
        defer { for string in arguments + environment { free(string) } }
        var child = pid_t()
        let code = posix_spawnp(&child, words[0], &actions, nil, arguments, environment)
        guard code == 0 else { throw Failure(description: "\(words[0]) does not start: error \(code)") }
        return child
    }

    /// This process's, without what is meant for the tests.
    private static var ownEnvironment: [String] {
        ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("STARLING_") }.map { "\($0.key)=\($0.value)" }
    }
}

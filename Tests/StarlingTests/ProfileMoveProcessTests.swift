import Foundation
import Testing
import TestSupport

@testable import Starling

/// The command, as a process that is killed and asked again.
@Suite(.serialized, .enabled(if: ProfileMoveStage.hasServer, "STARLING_TEST_STORES does not name postgresql"))
struct ProfileMoveProcessTests {
    /// The program beside the tests, or the one that `STARLING_BINARY` names.
    private var program: String {
        ProcessInfo.processInfo.environment["STARLING_BINARY"]
            ?? URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "starling")
            .path
    }

    private func run(_ stage: ProfileMoveStage, _ more: [String] = []) throws -> (status: Int32, output: String) {
        let output = try TemporaryFolder().file("output")
        let arguments = [program, "migrate-profile", "--from", stage.from, "--to", stage.url, "--sample", "10"] + more
        let status = try Command.run(arguments, output: output)
        return (status, try String(contentsOfFile: output, encoding: .utf8))
    }

    @Test("killed in the middle, it goes on where it was")
    func killed() async throws {
        let stage = try await ProfileMoveStage(size: .init(users: 200, follows: 3_000, posts: 2_000))
        var kills = 0
        for wanted in [1, 1_500, 6_000] {
            let child = try KilledChild([
                program, "migrate-profile", "--from", stage.from, "--to", stage.url, "--batch-rows", "5",
            ])
            while child.isRunning, rowsDone(stage) < wanted { try await Task.sleep(for: .milliseconds(5)) }
            child.kill()
            if try stage.query("SELECT finished_at IS NULL FROM profile_move") == "t" { kills += 1 }
        }
        #expect(kills == 3, "the move was over before it was killed")
        let before = rowsDone(stage)
        #expect(before >= 6_000)
        let (status, output) = try run(stage)
        #expect(status == 0, "\(output)")
        let total = Int(try stage.query("SELECT sum(rows_total) FROM profile_move_tables")) ?? 0
        #expect(output.contains("Copied \(ProgressText.grouped(total - before)) rows"), "\(output)")
        #expect(output.contains("What is next"))
        let again = try run(stage)
        #expect(again.status == 1 && again.output.contains("is finished"))
    }

    @Test("2 tells that the sides differ, 0 that they do not")
    func exitCodes() async throws {
        let stage = try await ProfileMoveStage()
        let moved = try run(stage)
        #expect(moved.status == 0 && moved.output.contains("verified: "), "\(moved.output)")
        #expect(try run(stage, ["--verify-only"]).status == 0)
        try stage.query("UPDATE users SET bio = 'another' WHERE id = 8")
        let found = try run(stage, ["--verify-only"])
        #expect(found.status == 2 && found.output.contains("PROBLEM: users"), "\(found.output)")
    }

    private func rowsDone(_ stage: ProfileMoveStage) -> Int {
        (try? stage.query("SELECT coalesce(sum(rows_done), 0) FROM profile_move_tables")).flatMap { Int($0) } ?? 0
    }
}

/// A process that is ended by SIGKILL.
private final class KilledChild {
    private let id: pid_t
    private var isReaped = false

    init(_ arguments: [String]) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for descriptor: Int32 in [1, 2] {
            posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_WRONLY, 0)
        }
        var strings = arguments.map { strdup($0) } + [nil]
        defer { for string in strings { free(string) } }
        var child = pid_t()
        let code = posix_spawn(&child, arguments[0], &actions, nil, &strings, environ)
        guard code == 0 else { throw MoveError("\(arguments[0]) does not start: error \(code)") }
        id = child
    }

    deinit { kill() }

    var isRunning: Bool {
        guard !isReaped else { return false }
        var status: Int32 = 0
        isReaped = waitpid(id, &status, WNOHANG) != 0
        return !isReaped
    }

    func kill() {
        guard isRunning else { return }
        Foundation.kill(id, SIGKILL)
        var status: Int32 = 0
        while waitpid(id, &status, 0) < 0, errno == EINTR {}
        isReaped = true
    }
}

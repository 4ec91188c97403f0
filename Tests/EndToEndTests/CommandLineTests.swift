import Foundation
import Testing
import TestSupport

extension EndToEnd {
    @Suite(.serialized) struct CommandLineTests {}
}

extension EndToEnd.CommandLineTests {
    static let commands = [
        [], ["serve"], ["demo"], ["import"], ["user"], ["user", "create"], ["user", "set-password"],
        ["user", "suspend"], ["user", "reinstate"], ["user", "token"], ["keys"], ["keys", "rotate"], ["migrate"],
        ["rebuild-timelines"], ["dead-letters"], ["dead-letters", "list"], ["dead-letters", "replay"], ["check"],
        ["bench"], ["status"],
    ]

    @Test("every command explains itself")
    func help() async throws {
        for command in Self.commands {
            let outcome = try await Starling.succeed(command + ["--help"])
            #expect(outcome.output.contains("USAGE: starling"), "\(command)")
            #expect(outcome.output.contains("OVERVIEW: "), "\(command)")
            #expect(outcome.errors.isEmpty)
        }
        let top = try await Starling.succeed(["--help"]).output
        for command in Self.commands where command.count == 1 { #expect(top.contains("  \(command[0])")) }
        #expect(try await Starling.succeed(["--version"]).output.contains("."))
    }

    @Test("wrong usage exits with 64, what cannot be done with 1, and nothing is created by mistake")
    func exitCodes() async throws {
        let folder = try TemporaryFolder()
        let missing = ["--data-dir", folder.file("missing")]
        let wrong = [
            ["nonsense"], ["user", "create"], ["import"], ["demo", "--users", "many"], ["check", "--sample", "x"],
            ["user", "token", "--count", "0"], ["user", "create", "alice", "--password", "-"] + missing,
        ]
        for arguments in wrong {
            #expect(try await Starling.run(arguments).status == 64, "\(arguments)")
        }
        let impossible = [
            ["check"], ["status"], ["keys", "rotate"], ["rebuild-timelines"], ["dead-letters", "list"],
            ["dead-letters", "replay"], ["user", "suspend", "alice"], ["user", "token", "alice"],
        ]
        for arguments in impossible {
            let outcome = try await Starling.run(arguments + missing)
            #expect(outcome.status == 1, "\(arguments)")
            #expect(outcome.errors.hasPrefix("starling: There is no community in "), "\(outcome.errors)")
        }
        #expect(!FileManager.default.fileExists(atPath: folder.file("missing")))
    }
}

import Testing
import TestSupport

/// The command line, run to its end.
enum Starling {
    struct Outcome: Sendable {
        let status: Int32
        let output: String
        let errors: String

        var lines: [Substring] { output.split(separator: "\n") }
    }

    static func run(
        _ arguments: [String], environment: [String: String] = [:], input: String? = nil,
        within limit: Duration = .seconds(60)
    ) async throws -> Outcome {
        let child = try ChildProcess(arguments, environment: environment, input: input)
        let status = try await child.exit(within: limit)
        return Outcome(status: status, output: child.output, errors: child.errors)
    }

    /// Runs a command that has to succeed.
    @discardableResult
    static func succeed(
        _ arguments: [String], input: String? = nil, within limit: Duration = .seconds(60),
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> Outcome {
        let outcome = try await run(arguments, input: input, within: limit)
        #expect(
            outcome.status == 0, "`starling \(arguments.joined(separator: " "))`: \(outcome.output)\(outcome.errors)",
            sourceLocation: sourceLocation)
        return outcome
    }

    /// Runs `starling check` over all feeds and expects it to find nothing.
    static func expectSound(_ dataDirectory: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let outcome = try await succeed(
            ["check", "--data-dir", dataDirectory, "--sample", "300"], within: .seconds(120),
            sourceLocation: sourceLocation)
        #expect(outcome.output.contains("Nothing is wrong."), sourceLocation: sourceLocation)
    }
}

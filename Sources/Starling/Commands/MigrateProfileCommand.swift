import ArgumentParser
import Logging
import Telemetry

struct MigrateProfileCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate-profile",
        abstract: "Move a community that outgrew its machine from SQLite to PostgreSQL.",
        discussion: """
            Stop the server, make an empty database, and copy the community into it:

              starling migrate-profile --from sqlite:starling-data --to postgres://starling@db.example.org/starling

            Accounts, posts, sessions, keys and the log of events stay what they are: nobody has to log in again. What was
            interrupted goes on where it stopped when the same command is given again. At the end both sides are compared;
            exit code 2 tells that they differ. The source is not changed and remains as a fall-back.
            """)

    @Option(help: "sqlite: and the data directory.") var from: String
    @Option(help: "The URL of an empty database of PostgreSQL.") var to: String
    @Flag(name: .customLong("verify-only"), help: "Compare the two and copy nothing.") var verifyOnly = false
    @Option(help: "Feeds to compare.") var sample = 100
    @Option(name: .customLong("batch-rows"), help: "Rows of one transaction.") var batchRows = RowBatch.Size().rowsMax

    func validate() throws {
        guard sample >= 0 else { throw ValidationError("--sample cannot be negative.") }
        guard (1...100_000).contains(batchRows) else { throw ValidationError("--batch-rows must be from 1 to 100000.") }
    }

    func run() async throws {
        _ = Observability.start(level: .error, format: .logfmt)
        let report = try await CommandFailure.explained { try await moved() }
        print(report.text)
        guard report.problems.isEmpty else { throw CommandFailure.problemsFound }
        print(verifyOnly ? "Nothing is wrong." : Self.nextSteps(from: from))
    }

    private func moved() async throws -> MoveReport {
        let source = try await MoveSource.open(from)
        let target = try await MoveTarget.open(to, logger: Logger(label: "starling"))
        var move = ProfileMove(source: source, target: target, sample: sample)
        move.size.rowsMax = batchRows
        let report = try await verifyOnly ? move.verify() : move.run()
        try await target.close()
        try await source.close()
        return report
    }

    private static func nextSteps(from: String) -> String {
        """
        The community is in PostgreSQL now. What is next:
          1. Start servers with --database-url (or STARLING_DATABASE_URL) and the URL given to --to; several that answer
             requests share --redis-url, too.
          2. Do not start a server on \(from) any more: what it wrote would not be in PostgreSQL.
          3. Keep it as it is until you trust the new side: it is the way back, without what is written from now on.
        """
    }
}

import ArgumentParser

struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Bring in a graph and posts from files.",
        discussion: """
            Files may be gzipped. An import that was interrupted goes on where it stopped; what was imported before is
            left alone. Lines that cannot be used are reported by number and skipped.

            Imported accounts have neither password nor e-mail: `starling user set-password` opens them. They count as
            inactive until they read, so importing fills no timelines.

            The archive of an account brings it back under its name and ids. What it says of accounts and posts that are not
            here is kept, goes out with its next export, and is tried again when the archive is imported again; name several
            archives at once where their accounts know each other. An archive that is refused leaves nothing behind.

            Activities become reposts of, mentions of and comments on the newest earlier post of B, all with texts of our
            own; where B has none yet, one is made up a minute before.

            Examples:
              starling import --follows edges.txt.gz --activity activity.txt.gz
              starling import --archive starling-archive.tar.gz
              starling import --follows friends.txt --undirected --posts texts.jsonl
            """)

    @OptionGroup var data: DataDirectoryOption

    @Option(help: "A file of `A B` lines: A follows B. Number 17 becomes the account u17. May repeat.")
    var follows: [String] = []

    @Flag(help: "Each line of --follows counts both ways.")
    var undirected = false

    @Option(help: "A file of texts, .jsonl or .csv, with author and time columns or dealt to authors. May repeat.")
    var posts: [String] = []

    @Option(help: "A file of `A B time RT|MT|RE` lines: A reposts, mentions or answers B. May repeat.")
    var activity: [String] = []

    @Option(help: "The archive of an account, as `/v1/me/export` makes it. May repeat.")
    var archive: [String] = []

    @Option(help: "Decides what the files leave open.")
    var seed: UInt64 = 1

    func validate() throws {
        guard !(follows + posts + activity + archive).isEmpty else {
            throw ValidationError("Name a file with --follows, --posts, --activity or --archive.")
        }
    }

    func run() async throws {
        let plan = ImportPlan(
            follows: follows, isUndirected: undirected, activities: activity, posts: posts, seed: seed)
        let archives = archive.map { ArchiveFile(path: $0) }
        let (summary, outcomes) = try await data.use(isFirst: true, handlesEvents: true) { port in
            let summary = plan.isEmpty ? nil : try await Importer(port: port).run(plan)
            var outcomes: [ArchiveFile.Outcome] = []
            for archive in archives { outcomes.append(try await archive.send(to: port, progress: .standardError)) }
            // What one says of another can come back once all are here.
            for index in outcomes.indices { outcomes[index] = try await outcomes[index].settled(by: port) }
            if !outcomes.isEmpty { try await port.drain() }
            return (summary, outcomes)
        }
        if let summary { print(summary.text) }
        for outcome in outcomes { print(outcome.text) }
    }
}

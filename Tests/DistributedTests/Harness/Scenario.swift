import HTTPClient
import Testing

/// One scenario: people use a cluster while something is done to it; then everything must be as it was acknowledged.
struct Scenario {
    let cluster: Cluster
    let town: Town
    /// Feeds read a second, besides what people write.
    var readings = 40
    /// Who logs in all the while; nobody by default.
    var logins: [String] = []
    /// Whether the processes are asked to end after it.
    var ends = true

    /// - Parameter harm: what is done; the load ends with it.
    func run(sourceLocation: SourceLocation = #_sourceLocation, _ harm: () async throws -> Void) async throws {
        await befriend()
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for person in town.people {
                tasks.addTask {
                    var writer = Writer(person, in: town, seed: Survival.seed)
                    await writer.run()
                }
            }
            tasks.addTask { await Readers(town: town, rate: readings).run() }
            if !logins.isEmpty { tasks.addTask { await Logins(town: town, usernames: logins).run() } }
            defer { town.close() }
            try await harm()
            town.close()
            try await tasks.waitForAll()
        }
        try await judge(sourceLocation)
    }

    /// Everybody follows the half of the others that comes next.
    private func befriend() async {
        var line = Line(town.ports)
        let count = town.people.count
        for person in town.people {
            for step in 1...max(1, count / 2) {
                let other = town.people[(person.number + step) % count]
                let request = HTTPClientRequest("POST", "/v1/users/\(other.id)/follow", as: person.token)
                guard let answer = try? await line.send(request, to: step % town.ports.count), answer.status == 200
                else {
                    town.findings.wrong("\(person.name) cannot follow before anything is done")
                    continue
                }
                town.note { _ = $0.follows.insert(Ledger.Pair(one: person.number, other: other.number)) }
            }
        }
        await line.close()
    }

    private func judge(_ sourceLocation: SourceLocation) async throws {
        var verdict = Verdict(town)
        let start = ContinuousClock.now
        let wrongs = try await verdict.wrongs(within: Survival.settling)
        let settled = start.duration(to: .now)
        print("  \(town.findings.summary); right \(settled) after the last answer")
        for wrong in (town.findings.wrongs + wrongs + cluster.breakdowns).prefix(25) {
            Issue.record("\(wrong) (seed \(Survival.seed))", sourceLocation: sourceLocation)
        }
        for wrong in ends ? try await cluster.end() : [] { Issue.record("\(wrong)", sourceLocation: sourceLocation) }
        #expect(town.findings["published"] > 20, "there was hardly any load", sourceLocation: sourceLocation)
        if !wrongs.isEmpty || !town.findings.wrongs.isEmpty { printLogs() }
    }

    /// What the processes said, for whoever looks for the cause.
    private func printLogs() {
        for member in cluster.members { print("--- \(member.name)\n\(member.lastLines)") }
    }
}

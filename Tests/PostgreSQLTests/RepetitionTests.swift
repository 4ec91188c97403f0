import Core
import SQL
import TestServers
import TestSupport
import Testing

/// Requests that are sent again because their first answer was lost.
@Suite(.timeLimit(.minutes(5))) struct RepetitionTests {
    /// What somebody is told who asks again for what was committed while its own answer was lost.
    enum Repetition: CaseIterable {
        case nothingToDo, refused, settled
    }

    @Test("what was done already is acknowledged once the others know it", arguments: Repetition.allCases)
    func repeated(_ repetition: Repetition) async throws {
        try await Server.withProcesses(3) { settings in
            settings.leaseDuration = .seconds(3)
        } _: { processes in
            let recorder = Recorder()
            processes[0].observe(recorder)
            try await Server.holdWhileTrusted(processes[1])
            // The commit stands, and nobody is told so: it still waits for the one that is held.
            let position = processes[2].position
            async let first = processes[2].commit([Statement("SELECT 1")], announcing: [.account(1)])
            #expect(try await eventually { processes[2].position > position })
            switch repetition {
            case .nothingToDo: _ = try await processes[0].write { try $0.integer("SELECT 1") }
            case .refused:
                await #expect(throws: Refused.self) {
                    try await processes[0].write { store in
                        _ = try store.integer("SELECT 1")
                        throw Refused()
                    }
                }
            case .settled: try await processes[0].settle()
            }
            #expect(!processes[1].cacheLease.isValid)
            #expect(recorder.changes == [.account(1)])
            _ = try await first
            await processes[1].holdFollower(false)
        }
    }

    @Test("so does a process that has only just begun")
    func begun() async throws {
        var settings = try Server.settings()
        settings.leaseDuration = .seconds(5)
        let (writer, held) = (try await Server.open(settings), try await Server.open(settings))
        try await Server.holdWhileTrusted(held)
        let position = writer.position
        async let first = writer.commit([Statement("SELECT 1")], announcing: [.account(1)])
        #expect(try await eventually { writer.position > position })
        let late = try await Server.open(settings)
        try await late.settle()
        #expect(!held.cacheLease.isValid)
        _ = try await first
        await held.holdFollower(false)
        for process in [writer, held, late] { try await process.close() }
    }

    private struct Refused: Error {}
}

import Synchronization
import Testing

@testable import Starling

@Suite struct ProgressTests {
    final class Screen: Sendable {
        private let start = ContinuousClock.now
        private let state = Mutex((elapsed: Duration.zero, written: [String]()))

        var written: [String] { state.withLock { $0.written } }
        var now: ContinuousClock.Instant { start + state.withLock { $0.elapsed } }

        func advance(by duration: Duration) {
            state.withLock { $0.elapsed += duration }
        }

        func output(isTerminal: Bool) -> ProgressOutput {
            ProgressOutput(isTerminal: isTerminal, columns: { 80 }) { text in
                self.state.withLock { $0.written.append(text) }
            }
        }
    }

    let screen = Screen()

    func reporter(isTerminal: Bool, total: Int? = 1000) -> ProgressReporter {
        let screen = screen
        return ProgressReporter(
            "Importing", unit: "edges", total: total, output: screen.output(isTerminal: isTerminal)
        ) { screen.now }
    }

    @Test("an operation under two seconds is silent", arguments: [true, false])
    func short(isTerminal: Bool) {
        let reporter = reporter(isTerminal: isTerminal)
        for _ in 0..<19 {
            screen.advance(by: .milliseconds(100))
            reporter.advance()
        }
        reporter.finish()
        #expect(screen.written.isEmpty)
    }

    @Test("a terminal shows a bar, redrawn ten times a second at most, and one last line")
    func terminal() {
        let reporter = reporter(isTerminal: true)
        for _ in 0..<300 {
            screen.advance(by: .milliseconds(10))
            reporter.advance()
        }
        #expect(screen.written.count == 11)
        #expect(
            screen.written.first
                == "\r\u{1B}[KImporting [####····················]  20%  200/1,000 edges  100/s  ETA 0:08")
        reporter.finish()
        reporter.finish()
        reporter.advance()
        #expect(screen.written.count == 12)
        #expect(screen.written.last == "\r\u{1B}[KImporting: 300 edges in 0:03 (100/s)\n")
    }

    @Test("elsewhere there is a line every two seconds")
    func lines() {
        let reporter = reporter(isTerminal: false)
        for _ in 0..<50 {
            screen.advance(by: .milliseconds(100))
            reporter.advance(by: 10)
        }
        #expect(
            screen.written == [
                "Importing: 20 %, 200/1,000 edges, 100/s, ETA 0:08\n",
                "Importing: 40 %, 400/1,000 edges, 100/s, ETA 0:06\n",
            ])
    }

    @Test("without a total there is neither percentage nor time left")
    func unknownTotal() {
        var snapshot = ProgressSnapshot(
            title: "Reading", unit: "lines", done: 12_345, total: nil, elapsed: .seconds(75))
        #expect(ProgressText.bar(snapshot, columns: 80) == "Reading  12,345 lines  164/s  1:15")
        #expect(ProgressText.line(snapshot) == "Reading: 12,345 lines, 164/s")
        snapshot.done = 0
        snapshot.total = 10
        #expect(ProgressText.bar(snapshot, columns: 200).hasSuffix("  0%  0/10 lines  0/s  ETA ?"))
    }

    @Test("more than the total, or a total of nothing, is all of it")
    func beyondTotal() {
        var snapshot = ProgressSnapshot(title: "t", unit: "u", done: 30, total: 20, elapsed: .seconds(3))
        #expect(ProgressText.line(snapshot) == "t: 100 %, 30/20 u, 10/s, ETA 0:00")
        snapshot.total = 0
        #expect(snapshot.fraction == 1)
    }

    @Test("a bar fits its terminal", arguments: [0, 1, 20, 80])
    func width(columns: Int) {
        let snapshot = ProgressSnapshot(
            title: "A long title", unit: "followers", done: 1_000_000, total: 3_000_000, elapsed: .seconds(3))
        #expect(ProgressText.bar(snapshot, columns: columns).count <= max(0, columns - 1))
    }

    @Test("times and numbers as people write them")
    func words() {
        #expect(ProgressText.clock(.seconds(5)) == "0:05")
        #expect(ProgressText.clock(.seconds(3_845)) == "1:04:05")
        #expect(
            [0, 999, 1_000, 1_234_567, -1_000].map(ProgressText.grouped) == [
                "0", "999", "1,000", "1,234,567", "-1,000",
            ])
    }
}

import Testing

@testable import Telemetry

@Suite struct ProcessMetricsTests {
    @Test("a command's name may hold spaces and parentheses")
    func stat() throws {
        let text = """
            7 (a b) (c) S 1 7 7 0 -1 4194304 12 0 0 0 150 50 0 0 20 0 4 0 9000 1000000 321 18446744073709551615 1 1
            """
        let stat = try #require(ProcessMetrics.Stat(text))
        #expect(stat.cpuTicks == 200)
        #expect(stat.startTicks == 9000)
        #expect(stat.residentPages == 321)
    }

    @Test("a malformed file is no metric", arguments: ["", "7 (x", "7 (x) S 1 2"])
    func malformed(text: String) {
        #expect(ProcessMetrics.Stat(text) == nil)
    }

    @Test("the time the machine started")
    func bootTime() {
        #expect(ProcessMetrics.bootTime(inStat: "cpu 1 2\nbtime 1700000000\nprocesses 3\n") == 1_700_000_000)
        #expect(ProcessMetrics.bootTime(inStat: "cpu 1 2\n") == nil)
    }

    #if os(Linux)
        @Test(
            "this process has used memory, files and time",
            arguments: [
                "process_cpu_seconds_total", "process_resident_memory_bytes", "process_open_fds",
                "process_start_time_seconds",
            ])
        func live(name: String) throws {
            let lines = MetricsRegistry().prometheusText().split(separator: "\n")
            let line = try #require(lines.first { $0.hasPrefix("\(name) ") })
            let value = try #require(line.split(separator: " ").last.flatMap { Double($0) })
            #expect(value > 0 || name == "process_cpu_seconds_total")
            #expect(lines.contains { $0.hasPrefix("# TYPE \(name) ") })
        }
    #endif
}

import Testing

@testable import Telemetry

@Suite struct MetricsRegistryTests {
    let clock = TestClock()
    let registry: MetricsRegistry

    init() {
        let clock = clock
        registry = MetricsRegistry(help: ["jobs": "Jobs \\ done\nso far."], seriesMax: 8) { clock.now }
    }

    /// The lines of the exposition that belong to metrics named `prefix…`.
    func lines(_ prefix: String) -> [Substring] {
        registry.prometheusText().split(separator: "\n").filter {
            $0.hasPrefix(prefix) || $0.hasPrefix("# TYPE \(prefix)") || $0.hasPrefix("# HELP \(prefix)")
        }
    }

    func samples(_ prefix: String) -> [Substring] {
        lines(prefix).filter { !$0.hasPrefix("#") }
    }

    @Test("a counter is written with help, type and the suffix _total")
    func counter() {
        let counter = Counter(label: "jobs", dimensions: [("queue", "a"), ("kind", "x")], factory: registry)
        counter.increment(by: 3)
        counter.increment()
        #expect(
            lines("jobs") == [
                #"# HELP jobs_total Jobs \\ done\nso far."#,
                "# TYPE jobs_total counter",
                #"jobs_total{kind="x",queue="a"} 4"#,
            ])
    }

    @Test("the same name and labels, in any order, are the same series")
    func sameSeries() {
        Counter(label: "jobs", dimensions: [("a", "1"), ("b", "2")], factory: registry).increment()
        Counter(label: "jobs_total", dimensions: [("b", "2"), ("a", "1")], factory: registry).increment()
        #expect(samples("jobs_total{") == [#"jobs_total{a="1",b="2"} 2"#])
    }

    @Test("a counter never falls")
    func counterNeverFalls() {
        let counter = registry.makeCounter(label: "jobs", dimensions: [])
        counter.increment(by: 5)
        counter.increment(by: -2)
        let seconds = registry.makeFloatingPointCounter(label: "busy", dimensions: [])
        for amount in [1.5, -1, .nan, .infinity, 0.25] { seconds.increment(by: amount) }
        #expect(samples("jobs_total ") == ["jobs_total 5"])
        #expect(samples("busy_total ") == ["busy_total 1.75"])
    }

    @Test("label values are escaped, names are made to fit")
    func escaping() {
        Gauge(label: "2nd.depth", dimensions: [("a-b", "q\"\\\nz")], factory: registry).record(7)
        #expect(samples("_2nd_depth{") == [#"_2nd_depth{a_b="q\"\\\nz"} 7.0"#])
    }

    @Test("gauges and meters go up and down")
    func gauges() {
        let meter = Meter(label: "depth", factory: registry)
        meter.increment(by: 5.0)
        meter.decrement(by: 1.5)
        #expect(lines("depth") == ["# TYPE depth gauge", "depth 3.5"])
        meter.set(2)
        #expect(samples("depth ") == ["depth 2.0"])
    }

    @Test("a timer is a summary in seconds")
    func timer() throws {
        let timer = Timer(label: "work", dimensions: [("cache", "warm")], factory: registry)
        for milliseconds in 1...100 { timer.recordMilliseconds(milliseconds) }
        let lines = lines("work_seconds")
        #expect(lines.first == "# TYPE work_seconds summary")
        let values = try lines.dropFirst().map { try #require($0.split(separator: " ").last.flatMap { Double($0) }) }
        for (value, expected) in zip(values, [0.050, 0.095, 0.099]) {
            #expect(abs(value - expected) <= expected * 0.01)
        }
        #expect(lines.dropFirst().first?.hasPrefix(#"work_seconds{cache="warm",quantile="0.5"} "#) == true)
        #expect(abs(values[3] - 5.05) < 1e-9)
        #expect(lines.last == #"work_seconds_count{cache="warm"} 100"#)
    }

    @Test("quantiles of small whole numbers are exact")
    func recorder() {
        let recorder = Recorder(label: "batch", factory: registry)
        for value in [3, 3, 200] { recorder.record(value) }
        recorder.record(Double.nan)
        #expect(
            lines("batch") == [
                "# TYPE batch summary", #"batch{quantile="0.5"} 3.0"#, #"batch{quantile="0.95"} 200.0"#,
                #"batch{quantile="0.99"} 200.0"#, "batch_sum 206.0", "batch_count 3",
            ])
    }

    @Test("quantiles forget after one to two windows; sum and count do not")
    func window() {
        let recorder = Recorder(label: "batch", factory: registry)
        let median = #"batch{quantile="0.5"}"#
        recorder.record(9)
        clock.advance(by: .seconds(61))
        #expect(lines(median) == ["\(median) 9.0"])
        recorder.record(4)
        recorder.record(4)
        recorder.record(4)
        #expect(lines(median) == ["\(median) 4.0"])
        clock.advance(by: .seconds(61))
        #expect(lines(median) == ["\(median) 4.0"])
        clock.advance(by: .seconds(500))
        #expect(lines(median) == ["\(median) NaN"])
        #expect(lines("batch_count") == ["batch_count 4"])
    }

    @Test("extreme values neither trap nor overflow")
    func extremes() {
        let timer = registry.makeTimer(label: "work", dimensions: [])
        timer.recordNanoseconds(.max)
        timer.recordNanoseconds(.min)
        let recorder = registry.makeRecorder(label: "batch", dimensions: [], aggregate: true)
        recorder.record(Int64.max)
        recorder.record(Double.greatestFiniteMagnitude)
        recorder.record(-5.0)
        #expect(lines("work_seconds_count") == ["work_seconds_count 2"])
        #expect(lines("batch_count") == ["batch_count 3"])
    }

    @Test("series past the bound, and a name used for two kinds, are dropped and counted")
    func bound() {
        for number in 0..<10 {
            Counter(label: "jobs", dimensions: [("number", "\(number)")], factory: registry).increment()
        }
        #expect(samples("jobs_total{").count == 8)
        #expect(samples("starling_metrics_dropped_series_total ") == ["starling_metrics_dropped_series_total 2"])
        Gauge(label: "jobs_total", factory: registry).record(1)
        #expect(samples("starling_metrics_dropped_series_total ") == ["starling_metrics_dropped_series_total 3"])
        #expect(samples("jobs_total ").isEmpty)
    }

    @Test("a destroyed series makes room for another")
    func destroy() {
        let timer = Timer(label: "work", factory: registry)
        timer.destroy()
        #expect(lines("work_seconds").isEmpty)
    }

    @Test("counters lose nothing under concurrent increments")
    func concurrency() async {
        let registry = registry
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    let counter = registry.makeCounter(label: "jobs", dimensions: [])
                    let seconds = registry.makeFloatingPointCounter(label: "busy", dimensions: [])
                    for _ in 0..<1000 {
                        counter.increment(by: 1)
                        seconds.increment(by: 0.5)
                    }
                }
            }
        }
        #expect(samples("jobs_total ") == ["jobs_total 4000"])
        #expect(samples("busy_total ") == ["busy_total 2000.0"])
    }

    @Test("every shared name has a help text that the exposition finds")
    func help() {
        let registry = MetricsRegistry()
        for name in MetricName.help.keys {
            #expect(name.hasPrefix("starling_"))
            if name == MetricName.metricsDroppedSeries { continue }
            if name.hasSuffix("_seconds") {
                Timer(label: name, factory: registry).recordNanoseconds(1)
            } else {
                Counter(label: name, factory: registry).increment()
            }
        }
        let lines = registry.prometheusText().split(separator: "\n")
        let helped = lines.filter { $0.hasPrefix("# HELP starling_") }
        #expect(helped.count == MetricName.help.count)
        #expect(helped.count == lines.filter { $0.hasPrefix("# TYPE starling_") }.count)
    }
}

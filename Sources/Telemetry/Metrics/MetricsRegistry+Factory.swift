import CoreMetrics

extension MetricsRegistry: MetricsFactory {
    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        let name = MetricSpelling.name(label, suffix: "_total")
        return series(.counter, name, dimensions, make: CounterSeries.init) ?? NOOPMetricsHandler.instance
    }

    package func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        let name = MetricSpelling.name(label, suffix: "_total")
        return series(.counter, name, dimensions, make: FloatingPointCounterSeries.init) ?? NOOPMetricsHandler.instance
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        let name = MetricSpelling.name(label)
        return series(.gauge, name, dimensions, make: GaugeSeries.init) ?? NOOPMetricsHandler.instance
    }

    package func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        let name = MetricSpelling.name(label)
        guard aggregate else {
            return series(.gauge, name, dimensions, make: GaugeSeries.init) ?? NOOPMetricsHandler.instance
        }
        return series(.summary, name, dimensions) { [now] id in
            SummarySeries(id: id, resolution: .binaryFractions, now: now)
        } ?? NOOPMetricsHandler.instance
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        let name = MetricSpelling.name(label, suffix: "_seconds")
        return series(.summary, name, dimensions) { [now] id in
            SummarySeries(id: id, resolution: .nanoseconds, now: now)
        } ?? NOOPMetricsHandler.instance
    }

    package func destroyCounter(_ handler: any CounterHandler) { remove(handler) }
    package func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) { remove(handler) }
    package func destroyMeter(_ handler: any MeterHandler) { remove(handler) }
    package func destroyRecorder(_ handler: any RecorderHandler) { remove(handler) }
    package func destroyTimer(_ handler: any TimerHandler) { remove(handler) }
}
